// Starts the demo as a child process and waits for what it serves.
import { fork } from 'node:child_process';
import path from 'node:path';
import { Fault, type Settings } from '@tessera/base';
import type { DemoTenantConfig } from '@tessera/demo';

export interface Demo {
  readonly url: string;
  readonly issuer: string;
  readonly asOf: Date;
  readonly tenants: readonly DemoTenantConfig[];
  /** Moves the instant as of which the vendors answer. */
  setClock(instant: Date): Promise<void>;
  close(): Promise<void>;
}

type Message =
  | { readonly ready: Omit<Demo, 'asOf' | 'setClock' | 'close'> & { readonly asOf: string } }
  | { readonly failed: { readonly code: string; readonly message: string } };

/** DEMO_FAILED with the child's own sentence where it does not come up. */
export function startDemo(env: Readonly<Record<string, string | undefined>>): Promise<Demo> {
  const child = fork(path.join(import.meta.dirname, '..', 'demo', 'main.ts'), {
    env: { ...env },
    // Most of what it makes stays: a small nursery saves 80 MB and costs nothing.
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Fault('DEMO_FAILED', { reason: 'it ended before it was ready' })));
    child.once('message', (message: Message) => {
      if ('failed' in message) return reject(new Fault('DEMO_FAILED', { reason: message.failed.message }));
      const { url, asOf, ...rest } = message.ready;
      resolve({
        ...rest,
        url,
        asOf: new Date(asOf),
        async setClock(instant) {
          const answer = await fetch(`${url}/demo/clock`, { method: 'PUT', body: instant.toISOString() });
          if (!answer.ok) throw new Fault('DEMO_FAILED', { reason: `its clock answered ${answer.status}` });
        },
        async close() {
          child.kill();
          await ended;
        },
      });
    });
  });
}

/** The demo learns the ports in use, which may have been given by the system. */
export function demoEnvironment(settings: Settings, port: number, demoTenants?: readonly string[]): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TESSERA_HOME: settings.home,
    TESSERA_HOST: settings.host,
    TESSERA_PORT: String(port),
    TESSERA_DEMO_PORT: String(settings.demoPort),
    ...(settings.replay ? { TESSERA_REPLAY: settings.replay } : {}),
    ...(demoTenants ? { TESSERA_DEMO_TENANTS: demoTenants.join(',') } : {}),
  };
}
