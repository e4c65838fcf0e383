// Events as a person at a terminal wants them: one line a thing that happened, with what it cost.
import type { Observe, TesseraEvent } from '@tessera/base';

type Say = { readonly [E in TesseraEvent as E['event']]?: (event: E) => string };

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** What is said of an event; the others are silent here and in the JSON lines only. */
const sentences: Say = {
  'server.listening': (event) => `listening on ${event.url}`,
  'start.unchecked': (event) => `WARNING: ${event.message}`,
  'step.started': (event) => `${event.step} …`,
  'step.ended': (event) => `${event.step}: ${seconds(event.ms)}`,
  'run.ended': (event) =>
    `${event.tenant}: ${event.changed ? `release ${event.release}` : 'nothing new'} in ${seconds(event.ms)}`,
  'run.failed': (event) =>
    `${event.tenant}: the run failed in ${event.stage}: ${event.message} (the last good release stays served)`,
  'source.failed': (event) => `${event.tenant}: ${event.source}/${event.stream} failed: ${event.message}`,
};

export const showProgress =
  (stream: { write(text: string): unknown }): Observe =>
  (event) => {
    const say = sentences[event.event] as ((event: TesseraEvent) => string) | undefined;
    if (say) stream.write(`  ${say(event)}\n`);
  };
