// SQL is written in a thread of its own, tenant by tenant in turn: what one tenant asks for the first time does not hold up another's answers.
import { Worker } from 'node:worker_threads';
import type { Told, WriterData } from './messages.ts';

export interface SqlWriter {
  /** What Cube's compiler says of the question. Undefined where whoever asks must write it himself: there is no thread (yet), or it could not. */
  write(turn: string, query: object, options: object): Promise<unknown>;
  /** Where SQL was written outside of the thread: how long that took says when a thread is worth its start. */
  wroteAlone(ms: number): void;
  /** Starts the thread where there is none; false where it could not be. */
  readonly ready: () => Promise<boolean>;
  readonly isStarted: () => boolean;
  close(): Promise<void>;
}

export interface WriterNeeds {
  readonly data: WriterData;
  /** Milliseconds of writing after which the thread is started: it costs 3.5 s of CPU and memory, so that who asks little does without. */
  readonly worthMs?: number;
  /** It ends when nobody asked anything new for so long. */
  readonly idleMs?: number;
  /** One that failed is started again after this at the earliest. */
  readonly restMs?: number;
}

interface Job {
  readonly query: object;
  readonly options: object;
  readonly done: (written: unknown) => void;
}

export function createSqlWriter({ data, worthMs = 1_000, idleMs = 600_000, restMs = 60_000 }: WriterNeeds): SqlWriter {
  /** Those who wait, by tenant; the first has the next turn. */
  const waiting = new Map<string, Job[]>();
  let thread: Worker | undefined;
  let starting: Promise<boolean> = Promise.resolve(false);
  let isReady = false;
  let isClosed = false;
  let current: Job | undefined;
  let aloneMs = 0;
  let restUntil = 0;
  let idle: NodeJS.Timeout | undefined;

  function start(): void {
    if (thread || isClosed || performance.now() < restUntil) return;
    const begun = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: data,
      // It needs none of our secrets.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(CUBEJS_|NODE_ENV$)/.test(name))),
      stderr: true,
      // A thread that needs more ends, and whoever waits writes for himself.
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 },
    });
    // What nobody reads would be kept.
    begun.stderr.resume();
    // It keeps no process alive.
    begun.unref();
    thread = begun;
    starting = new Promise((resolve) => {
      begun.on('message', (told: Told) => {
        if (told.ready) {
          isReady = true;
          resolve(true);
        } else {
          current?.done(told.written);
          current = undefined;
        }
        next();
      });
      begun.once('error', () => {
        restUntil = performance.now() + restMs;
      });
      begun.once('exit', () => {
        resolve(false);
        gone();
      });
    });
  }
  /** Whoever waits writes for himself. */
  function gone(): void {
    [thread, isReady, aloneMs] = [undefined, false, 0];
    clearTimeout(idle);
    for (const { done } of [...(current ? [current] : []), ...[...waiting.values()].flat()]) done(undefined);
    current = undefined;
    waiting.clear();
  }
  function next(): void {
    if (current || !thread || !isReady) return;
    const [turn] = waiting;
    clearTimeout(idle);
    if (!turn) {
      idle = setTimeout(() => void thread?.terminate(), idleMs).unref();
      return;
    }
    const [tenant, jobs] = turn;
    current = jobs.shift();
    waiting.delete(tenant);
    if (jobs.length > 0) waiting.set(tenant, jobs);
    try {
      thread.postMessage({ query: current?.query, options: current?.options });
    } catch {
      // Something in it cannot be handed over.
      current?.done(undefined);
      current = undefined;
      next();
    }
  }

  return {
    write(turn, query, options) {
      if (!isReady) return Promise.resolve(undefined);
      return new Promise((done) => {
        waiting.set(turn, [...(waiting.get(turn) ?? []), { query, options, done }]);
        next();
      });
    },
    wroteAlone(ms) {
      aloneMs += ms;
      if (aloneMs >= worthMs) start();
    },
    ready: () => {
      start();
      return starting;
    },
    isStarted: () => thread !== undefined,
    async close() {
      isClosed = true;
      await thread?.terminate();
    },
  };
}
