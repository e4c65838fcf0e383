// fetch: pages of one stream from its vendor to raw, as many as the turn allows. Safe to repeat: a page is stored before its cursor, by run and number.
import { fetchPart, takeDeliveries } from '@tessera/ingest';
import { hookedStreams } from '../hooks-streams.ts';
import type { Fetched, Stage, StreamInput } from './contract.ts';
import { streamOf } from './stream-of.ts';

export const fetch: Stage<StreamInput, Fetched> = async (context, input) => {
  const { needs } = context;
  const { run, source, pages } = input;
  if (pages === 0) {
    const hooked = hookedStreams(needs.connectors, source).find(({ name }) => name === input.stream);
    if (hooked === undefined) throw new Error(`${source} sends no ${input.stream}`);
    const taken = await takeDeliveries({ ...needs, source, run }, hooked);
    return { ...taken, stage: taken.toStage !== '' };
  }
  const { stream, streams } = await streamOf(context, input);
  const part = await fetchPart(
    { ...needs, source, run, ...(pages === null ? {} : { maxPages: pages }) },
    stream,
    streams,
  );
  return { ...part, stage: part.toStage !== '' };
};
