// Okta's log from the vendor to sign-in attempts, beside dlt and dbt-duckdb on the same pages: both must say the same numbers.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { benchFolder } from '../bench-lake.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { median } from '../measure.ts';
import { oktaLog } from '../okta-log.ts';
import { type OktaServer, serveOkta } from '../peers/okta-server.ts';

const peers = path.join(import.meta.dirname, '..', 'peers');
const asOf = new Date('2026-01-01T00:00:00Z');
const page = 1000;
const pages = 3;

interface Used {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}
/** What one step of a contender took, and what its tables say afterwards. */
interface Step extends Used {
  readonly answer: unknown;
}
type Contender = (okta: OktaServer) => Promise<Step>;

export const peersBenchmark: Benchmark = {
  name: 'peers',
  about: 'Okta pages → sign-in attempts beside dlt + dbt-duckdb (TESSERA_PEERS_PYTHON names their Python)',
  async run(say, { events = 20_000 }) {
    const python = process.env.TESSERA_PEERS_PYTHON;
    if (!python || spawnSync(python, ['-c', 'import dlt, dbt.adapters.duckdb']).status !== 0) {
      say('  skipped: TESSERA_PEERS_PYTHON names no Python that has dlt[duckdb] and dbt-duckdb');
      return [];
    }
    say(`  ${versions(python)}; ${events.toLocaleString('en-US')} events, then ${pages} more pages one by one`);
    const log = oktaLog(asOf);
    const { folder, remove } = benchFolder();
    const okta = await serveOkta(log, log.length - events - pages * page);
    try {
      const contenders = {
        ours: await ours(python, path.join(folder, 'ours')),
        peers: await dltAndDbt(python, path.join(folder, 'peers')),
      };
      const steps: Record<keyof typeof contenders, Step[]> = { ours: [], peers: [] };
      for (let step = 0; step <= pages; step += 1) {
        okta.grow(log.length - (pages - step) * page);
        for (const name of ['ours', 'peers'] as const) steps[name].push(await contenders[name](okta));
        const [a, b] = [steps.ours[step]?.answer, steps.peers[step]?.answer];
        if (!isDeepStrictEqual(a, b)) throw new Error(`they differ: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
      }
      say(`  both say ${rate(steps.ours.at(-1)?.answer)}`);
      return [
        ...figures('first load', steps.ours.slice(0, 1), steps.peers.slice(0, 1)),
        ...figures('one more page', steps.ours.slice(1), steps.peers.slice(1)),
      ];
    } finally {
      await okta.close();
      remove();
    }
  },
};

function figures(what: string, ours: readonly Step[], theirs: readonly Step[]): readonly Figure[] {
  const measures = [
    ['cpuMs', 'CPU ms', 'CPU'],
    ['wallMs', 'ms', 'wall clock'],
    ['peakMb', 'MB', 'peak memory'],
  ] as const;
  return measures.map(([key, unit, name]) => {
    const [mine, other] = [median(ours.map((step) => step[key])), median(theirs.map((step) => step[key]))];
    return {
      name: `${what}: ${name}`,
      value: mine,
      unit,
      ratio: { value: mine / other, to: `of dlt + dbt-duckdb (${Math.round(other).toLocaleString('en-US')} ${unit})` },
    };
  });
}

const run = promisify(execFile);

/** Runs a program under the same watch for everybody; what it says after `answer ` is its answer. */
async function watched(python: string, program: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr } = await run(python, [path.join(peers, 'measure.py'), ...program], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 2 ** 20,
  });
  const answer = /^answer (.*)$/m.exec(stderr)?.[1];
  return {
    used: JSON.parse(stdout) as Used,
    answer: answer === undefined ? undefined : (JSON.parse(answer) as unknown),
  };
}

async function ours(python: string, home: string): Promise<Contender> {
  await mkdir(home);
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', path.join(peers, 'ours.ts')];
  let turn = 0;
  return async ({ url }) => {
    const at = new Date(asOf.getTime() + turn++ * 900_000).toISOString();
    const { used, answer } = await watched(python, [...node, home, url, at]);
    return { ...used, answer };
  };
}

/** As their documentation runs them: the pipeline's own script, then `dbt run`, each a process. */
async function dltAndDbt(python: string, home: string): Promise<Contender> {
  await mkdir(home);
  // dbt writes into its project's folder.
  await cp(path.join(peers, 'dbt'), path.join(home, 'dbt'), { recursive: true });
  const database = path.join(home, 'warehouse.duckdb');
  const env = { PEERS_DATABASE: database, DO_NOT_TRACK: '1', RUNTIME__DLTHUB_TELEMETRY: 'false' };
  const dbt = [
    '-m',
    'dbt.cli.main',
    'run',
    '--project-dir',
    path.join(home, 'dbt'),
    '--profiles-dir',
    path.join(home, 'dbt'),
  ];
  const ask = readFileSync(path.join(peers, 'answer.py'), 'utf8');
  return async ({ url }) => {
    const load = await watched(
      python,
      [python, path.join(peers, 'okta_log.py'), url, database, path.join(home, 'dlt')],
      env,
    );
    const transform = await watched(python, [python, ...dbt], env);
    const { stdout } = await run(python, ['-c', ask, database]);
    return {
      wallMs: load.used.wallMs + transform.used.wallMs,
      cpuMs: load.used.cpuMs + transform.used.cpuMs,
      peakMb: Math.max(load.used.peakMb, transform.used.peakMb),
      answer: JSON.parse(stdout) as unknown,
    };
  };
}

const versions = (python: string): string =>
  spawnSync(
    python,
    [
      '-c',
      "from importlib.metadata import version as v; print(', '.join(f'{n} {v(n)}' for n in ('dlt', 'dbt-core', 'dbt-duckdb', 'duckdb')))",
    ],
    { encoding: 'utf8' },
  ).stdout.trim();

/** The login failure rate, by its definition, of attempts by outcome. */
function rate(answer: unknown): string {
  const counts = new Map(
    (answer as { outcome: string; attempts: number }[]).map((row) => [row.outcome, Number(row.attempts)]),
  );
  const sum = (...names: readonly string[]) => names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
  const failed = sum('failure', 'denied', 'locked');
  return `${[...counts.values()].reduce((a, b) => a + b, 0)} attempts, failure rate ${((100 * failed) / (failed + sum('success'))).toFixed(4)} %`;
}
