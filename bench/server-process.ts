// `npm start` as a process, watched from outside: when it is ready, and how much memory it and its children hold.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSettings, type Settings } from '@tessera/base';
import { freePort } from './vendors-process.ts';

export interface Memory {
  /** Resident pages summed over the processes, shared ones counted in each. */
  readonly rssMb: number;
  /** Of each process, the program itself first. */
  readonly each: readonly number[];
}
export interface ServerProcess {
  readonly url: string;
  readonly settings: Settings;
  /** Milliseconds from the start of the process until /readyz said 200. */
  readonly readyMs: number;
  readonly peak: Memory;
  /** CPU of the process and its children until then. */
  readonly cpuMs: number;
  /** Steps as the program tells them, in ms. */
  readonly steps: ReadonlyMap<string, number>;
  memory(): Memory;
  /** Megabytes with shared pages counted once, split among those who share them. */
  proportionalMb(): number;
  close(): Promise<void>;
}

const root = path.join(import.meta.dirname, '..');
const longestMs = 600_000;

/** Starts the whole program on `home` and waits until it is ready; `like` gives the ports of a start before. Throws what it said last where it ends before. */
export async function startServer(
  home: string,
  like?: Settings,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const env = {
    ...process.env,
    // Benchmarks ask more than any tenant may; the one on quotas says its own.
    TESSERA_TENANT_REQUESTS_PER_MINUTE: '1000000',
    // And some take longer than a token lives.
    TESSERA_TOKEN_MINUTES: '60',
    TESSERA_HOME: home,
    TESSERA_HOST: '127.0.0.1',
    TESSERA_PORT: String(like?.port ?? (await freePort())),
    TESSERA_DEMO_PORT: String(like?.demoPort ?? (await freePort())),
    TESSERA_SQL_PORT: String(await freePort()),
    ...more,
  };
  const settings = readSettings(env);
  const url = `http://127.0.0.1:${settings.port}`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(root, 'cli', 'main.ts'), 'up', '--json'],
    { env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  let ended = false;
  const end = once(child, 'exit').finally(() => {
    ended = true;
  });
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('the program could not be started');
  const close = async () => {
    child.kill('SIGTERM');
    await Promise.race([end, pause(15_000).then(() => child.kill('SIGKILL'))]);
    await end;
  };

  let peak: Memory = { rssMb: 0, each: [] };
  for (;;) {
    const now = memoryOf(pid);
    if (now.rssMb > peak.rssMb) peak = now;
    if (ended) throw new Error(`the program ended before it was ready: ${said.slice(-1500)}`);
    if (await isReady(url)) break;
    if (performance.now() - started > longestMs) {
      await close();
      throw new Error(`not ready after ${longestMs / 1000} s: ${said.slice(-1500)}`);
    }
    await pause(50);
  }
  const readyMs = performance.now() - started;
  return {
    url,
    settings,
    readyMs,
    peak,
    cpuMs: cpuOf(pid),
    steps: stepsIn(said),
    memory: () => memoryOf(pid),
    proportionalMb: () => proportionalMbOf(pid),
    close,
  };
}

const isReady = (url: string) =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status === 200;
    },
    () => false,
  );

function stepsIn(lines: string): ReadonlyMap<string, number> {
  const told = lines.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { event, step, ms } = JSON.parse(line) as { event?: string; step?: string; ms?: number };
    return event === 'step.ended' && step !== undefined && ms !== undefined ? [[step, ms] as const] : [];
  });
  return new Map(told);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets; what follows it does not.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // State is field 3: parent 4, utime 14, stime 15, and those of ended children 16 and 17, rss 24.
    const at = (field: number) => fields[field - 3] ?? 0;
    return { pid, parent: at(4), ticks: at(14) + at(15) + at(16) + at(17), pages: at(24) };
  } catch {
    return undefined;
  }
}

/** The process and all that came from it. */
function family(pid: number): readonly Stat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));
  const found = all.filter((stat) => stat.pid === pid);
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

function memoryOf(pid: number): Memory {
  const each = family(pid).map(({ pages }) => (pages * 4096) / 1e6);
  return { rssMb: each.reduce((sum, mb) => sum + mb, 0), each };
}

const proportionalMbOf = (pid: number) =>
  family(pid).reduce((sum, { pid: one }) => {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? '0';
    return sum + (Number(kib) * 1024) / 1e6;
  }, 0);

const cpuOf = (pid: number) => family(pid).reduce((sum, { ticks }) => sum + ticks * 10, 0);
