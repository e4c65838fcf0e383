// The two complete servers of a test, each in its own process, and one and the same question to both.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tenant } from '@tessera/base';
import { buildWorld, type Homes } from './build-world.ts';
import { createSigner, type Signer } from './callers.ts';
import type { Asked, Reply, StartMessage, Told, ToServer, Walls } from './messages.ts';
import { asker, tenants } from './world.ts';

export const allWalls: Walls = { gate: true, predicate: true, files: true };

export interface TestServer {
  readonly url: string;
  /** Of the SQL door of each layer. */
  readonly sqlPorts: readonly number[];
  ask(questions: readonly Asked[]): Promise<readonly string[]>;
  warm(tenants: readonly Tenant[]): Promise<void>;
  /** Events since the last call. */
  told(): Promise<Told>;
  /** Ends it in good order, so that everything is on disk. */
  close(): Promise<void>;
}

export interface TwoWorlds {
  readonly homes: Homes;
  readonly signer: Signer;
  /** The asker is the only tenant there is. */
  readonly alone: TestServer;
  /** Everybody is there. */
  readonly full: TestServer;
  /** Ends both; what they wrote is removed unless it is to be looked at first. */
  close(how?: { readonly keepFiles: boolean }): Promise<void>;
}

/** A layer of the full server for each of `walls`, and one of the lonely server for each of `aloneWalls`; the first ones are behind HTTP. */
export async function openTwoWorlds(
  walls: readonly Walls[] = [allWalls],
  aloneWalls: readonly Walls[] = [allWalls],
): Promise<TwoWorlds> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-tenancy-'));
  const homes = await buildWorld(folder);
  const signer = await createSigner();
  const { publicKey } = signer;
  const [alone, full] = await Promise.all([
    startServer({ home: homes.alone, tenants: [asker], publicKey, walls: aloneWalls }),
    startServer({ home: homes.full, tenants, publicKey, walls }),
  ]);
  return {
    homes,
    signer,
    alone,
    full,
    async close({ keepFiles } = { keepFiles: false }) {
      await Promise.all([alone.close(), full.close()]);
      if (!keepFiles) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(start: StartMessage): Promise<TestServer> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, 'server-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<Reply['value']>>();
  let last = 0;
  child.on('message', ({ id, value, failed }: Reply) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) one?.resolve(value);
    else one?.reject(new Error(`in the server's process: ${failed}`));
  });
  child.on('exit', (code) => {
    for (const one of waiting.values()) one.reject(new Error(`the server's process ended with ${code}`));
  });
  const call = <T extends Reply['value']>(message: ToServer): Promise<T> => {
    const id = ++last;
    const one = Promise.withResolvers<Reply['value']>();
    waiting.set(id, one);
    child.send({ id, ...message });
    return one.promise as Promise<T>;
  };
  let isOpen = true;
  const [url = '', ...sqlPorts] = await call<readonly string[]>({ start });
  return {
    url,
    sqlPorts: sqlPorts.map(Number),
    ask: (questions) => call<readonly string[]>({ ask: questions }),
    warm: async (whom) => void (await call<string>({ warm: whom })),
    told: () => call<Told>({ told: true }),
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await call<string>({ close: true });
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
