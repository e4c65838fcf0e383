// Finds the stream that a stage was told to work on.
import type { OpenStream } from '@tessera/ingest';
import type { StageContext, StreamInput } from './contract.ts';

export async function streamOf(
  { openSource }: StageContext,
  { run, source, stream: name }: StreamInput,
): Promise<{ readonly stream: OpenStream; readonly streams: readonly OpenStream[] }> {
  const streams = await openSource(run, source);
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream === undefined) throw new Error(`${source} has no stream ${name}`);
  return { stream, streams };
}
