// Runs each client in a process of its own against one open door, and judges what it printed.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { acme, type Served } from '../cube/served-tenants.ts';
import { answers, type Client, clients, clientsFolder, type Facts, isThere } from './clients.ts';
import type { Address } from './open-for-clients.ts';

export interface Run {
  readonly client: Client;
  /** What the client itself said it is. */
  readonly version: string;
  /** Check by check: undefined where it answered as it must, else what it answered. */
  readonly wrong: ReadonlyMap<string, string | undefined>;
}
export interface NotRun {
  readonly client: Client;
  readonly why: string;
}

const programs = path.join(import.meta.dirname, 'programs');
const python = path.join(clientsFolder, 'python', 'bin', 'python');
const supersetPython = () => process.env.TESSERA_SUPERSET_PYTHON;

function install(program: string, args: readonly string[]): string | undefined {
  const { status, error } = spawnSync(program, args, { stdio: 'ignore', timeout: 240_000 });
  return status === 0 ? undefined : `${path.basename(program)} could not fetch it${error ? ` (${error.message})` : ''}`;
}

/** Once for all Python clients: one environment with their packages, in the versions of the table. */
function preparePython(): string | undefined {
  if (!isThere('python3')) return 'no Python on this machine';
  const packages = [...new Set(clients.flatMap(({ packages = [] }) => packages))];
  const has = existsSync(python) ? spawnSync(python, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).stdout : '';
  if (packages.every((one) => has.toLowerCase().includes(one.replace('[binary]', '')))) return undefined;
  mkdirSync(clientsFolder, { recursive: true });
  return (
    install('python3', ['-m', 'venv', path.join(clientsFolder, 'python')]) ??
    install(python, ['-m', 'pip', 'install', '-q', ...packages])
  );
}
/** The manager and the driver are the machine's own: both are installed as root. */
function prepareOdbc(): string | undefined {
  const { stdout } = spawnSync(python, ['-c', 'import pyodbc; print(pyodbc.drivers())'], { encoding: 'utf8' });
  return stdout.includes('PostgreSQL Unicode') ? undefined : 'no psqlODBC on this machine (odbc-postgresql, unixodbc)';
}
const jarOf = (coordinates: string) => {
  const [, name, version] = coordinates.split(':');
  return path.join(clientsFolder, `${name}-${version}.jar`);
};
function prepareJar(coordinates: string): string | undefined {
  if (!isThere('java') || !isThere('javac')) return 'no JDK on this machine';
  if (existsSync(jarOf(coordinates))) return undefined;
  if (!isThere('mvn')) return 'no Maven on this machine';
  return install('mvn', ['-q', 'dependency:copy', `-Dartifact=${coordinates}`, `-DoutputDirectory=${clientsFolder}`]);
}

/** Why the client cannot be run here; undefined where it can. */
function prepare(client: Client): string | undefined {
  if (client.program === 'psql.ts') return isThere('psql') ? undefined : 'no psql on this machine';
  if (client.packages) return preparePython() ?? (client.program === 'odbc.py' ? prepareOdbc() : undefined);
  if (client.jar) return prepareJar(client.jar);
  if (client.program === 'superset_6.py' && !supersetPython())
    return 'TESSERA_SUPERSET_PYTHON names no Python that has apache-superset';
  return undefined;
}

function commandOf({ program, jar }: Client): readonly [string, readonly string[]] {
  const file = path.join(programs, program);
  if (jar) return ['java', ['-cp', jarOf(jar), file]];
  if (program.endsWith('.ts')) return [process.execPath, [file]];
  return [program === 'superset_6.py' ? (supersetPython() ?? 'python3') : python, [file]];
}

interface Line {
  readonly version?: string;
  readonly check?: string;
  readonly value?: unknown;
  readonly error?: string;
}

export async function runClient(client: Client, address: Address, facts: Facts): Promise<Run | NotRun> {
  const why = prepare(client);
  if (why) return { client, why };
  const [program, args] = commandOf(client);
  const { stdout } = await promisify(execFile)(program, args, {
    env: { ...process.env, ...address, PYTHONDONTWRITEBYTECODE: '1', ...client.environment },
    timeout: 240_000,
  });
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
  const wrong = client.checks.map((name): [string, string | undefined] => {
    const line = lines.find(({ check }) => check === name);
    if (!line || line.error !== undefined) return [name, line?.error ?? 'said nothing'];
    const isRight = answers[name](facts).some((answer) => isDeepStrictEqual(answer, line.value));
    return [name, isRight ? undefined : `answered ${JSON.stringify(line.value)}`];
  });
  return { client, version: lines.find(({ version }) => version)?.version ?? 'unknown', wrong: new Map(wrong) };
}

/** What REST answers to the questions that the clients ask in SQL. */
export async function factsOf(served: Served): Promise<Facts> {
  const ask = async (query: object) => {
    const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', { query });
    if (status !== 200) throw new Error(`REST answered ${status}`);
    return body.data;
  };
  const measure = 'auth_attempts.attempt_count';
  const outcome = 'auth_attempts.outcome';
  const groups = await ask({ measures: [measure], dimensions: [outcome], order: { [outcome]: 'asc' } });
  const only = async (query: object, name: string) => (await ask(query))[0]?.[name] ?? '';
  const { semanticLayer } = served;
  return {
    tables: semanticLayer
      .views(semanticLayer.rights(await served.access(acme)))
      .map(({ name }) => name)
      .sort(),
    byOutcome: groups.map((row) => [row[outcome] ?? '', row[measure] ?? '']),
    abandonedPct: Number(await only({ measures: ['auth_attempts.abandoned_pct'] }, 'auth_attempts.abandoned_pct')),
    since: await only(
      {
        measures: [measure],
        filters: [
          { member: 'auth_attempts.country', operator: 'equals', values: ['US'] },
          { member: 'auth_attempts.started_on', operator: 'afterOrOnDate', values: ['2026-01-02'] },
        ],
      },
      measure,
    ),
    total: await only({ measures: [measure] }, measure),
  };
}
