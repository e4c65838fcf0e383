// What the SQL API costs over REST and over the PostgreSQL behind it: latency, sessions, rows. Everything against one running server.
import { chmodSync, globSync, mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { must, parseTenant } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import pg from 'pg';
import { benchFolder, benchTenant } from '../bench-lake.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { median, quantile } from '../measure.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

const tenants = [benchTenant, 'initech'];
const idleSessions = 200;
const active = 32;

const member = (name: string) => `auth_attempts.${name}`;
const small = {
  sql: 'SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1',
  rest: { measures: [member('attempt_count')], dimensions: [member('outcome')] },
};
const thousand = {
  sql: 'SELECT started_at, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1 DESC NULLS LAST LIMIT 1000',
  rest: {
    measures: [member('attempt_count')],
    dimensions: [member('started_at')],
    order: { [member('started_at')]: 'desc' },
    limit: 1000,
  },
};
/** Far more than are held in one piece: they come in parts. */
const mostRows = 100_000;
const many = `SELECT started_at, outcome, department, MEASURE(attempt_count) AS n FROM auth_attempts GROUP BY 1, 2, 3 ORDER BY 1 DESC NULLS LAST LIMIT ${mostRows}`;
const catalog = `SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 ORDER BY 1, 2, a.attnum`;

interface World {
  readonly server: ServerProcess;
  rest(query: object): Promise<void>;
  session(tenant?: string): Promise<pg.Client>;
  /** The PostgreSQL behind, in the database of the session, past the door. */
  behind(of: pg.Client): Promise<pg.Client>;
}

export const sql: Benchmark = {
  name: 'sql',
  about: `${benchTenant}: the SQL API beside REST and beside the PostgreSQL behind it`,
  async run(say) {
    const { folder, remove } = benchFolder();
    const temporary = path.join(folder, 't');
    mkdirSync(temporary);
    // Started by root, PostgreSQL runs as a user that has to get there.
    for (const open of [folder, temporary]) chmodSync(open, 0o711);
    const server = await startServer(folder, undefined, {
      TESSERA_DEMO_TENANTS: tenants.join(','),
      TMPDIR: temporary,
    });
    say(`  loaded in ${(server.readyMs / 1000).toFixed(1)} s`);
    try {
      const world = await openWorld(server, temporary);
      const figures: Figure[] = [];
      for (const part of [idle, latency, catalogLatency, manySessions, manyRows])
        for (const figure of await part(world)) figures.push(figure);
      return figures;
    } finally {
      await server.close();
      remove();
    }
  },
};

async function openWorld(server: ServerProcess, temporary: string): Promise<World> {
  const { settings } = server;
  const userOf = (tenant: string) => `bench@${tenant}.example`;
  const tokens = new Map<string, string>();
  for (const tenant of tenants)
    tokens.set(
      tenant,
      await mintDemoToken(settings, {
        tenant: must(parseTenant(tenant)),
        user: userOf(tenant),
        groups: ['analyst'],
        ttlSeconds: 3600,
      }),
    );
  const agent = new Agent({ keepAlive: true, maxSockets: active });
  const open = async (config: pg.ClientConfig) => {
    const client = new pg.Client(config);
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  return {
    server,
    rest: (query) =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${tokens.get(benchTenant)}`, 'content-type': 'application/json' };
        const sent = request(`${server.url}/cubejs-api/v1/load`, { method: 'POST', agent, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            // The rows are read by both sides: a driver gives objects, too.
            if (answer.statusCode !== 200)
              reject(new Error(`REST answered ${answer.statusCode}: ${text.slice(0, 200)}`));
            else resolve(void JSON.parse(text));
          });
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ query }));
      }),
    session: (tenant = benchTenant) =>
      open({
        host: settings.host,
        port: settings.sqlPort,
        user: userOf(tenant),
        password: tokens.get(tenant),
        database: tenant,
      }),
    async behind(of) {
      const [file] = globSync('*/.s.PGSQL.5432', { cwd: temporary });
      if (!file) throw new Error('the PostgreSQL behind has no socket');
      const pid = (await of.query('select pg_backend_pid() as pid')).rows[0].pid;
      const host = path.join(temporary, path.dirname(file));
      const look = await open({ host, port: 5432, user: 'door', database: 'postgres' });
      const found = await look.query('select datname from pg_stat_activity where pid = $1', [pid]);
      await look.end();
      return open({ host, port: 5432, user: 'door', database: found.rows[0].datname });
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Medians of both, in turn, after a few that warm up. */
async function beside(times: number, ours: () => Promise<unknown>, theirs: () => Promise<unknown>) {
  const samples: [number[], number[]] = [[], []];
  for (let i = -10; i < times; i += 1) {
    const pair = [await timed(ours), await timed(theirs)] as const;
    if (i >= 0) for (const at of [0, 1] as const) samples[at].push(pair[at]);
  }
  return { ours: median(samples[0]), theirs: median(samples[1]) };
}

async function latency({ session, rest }: World): Promise<Figure[]> {
  const client = await session();
  const figures: Figure[] = [];
  for (const [what, question, goal, times] of [
    ['a few rows', small, 2, 300],
    ['1,000 rows', thousand, 4, 100],
  ] as const) {
    const { rows } = await client.query(question.sql);
    const { ours, theirs } = await beside(
      times,
      () => client.query(question.sql),
      () => rest(question.rest),
    );
    figures.push({
      name: `a question, ${what} (${rows.length}), p50 over REST`,
      value: ours - theirs,
      unit: 'ms',
      ratio: { value: ours / theirs, to: 'REST' },
      goal: { is: 'at most', value: goal },
      note: `${ours.toFixed(2)} ms and ${theirs.toFixed(2)} ms, ${times} in turn`,
    });
  }
  await client.end();
  return figures;
}

async function catalogLatency({ session, behind }: World): Promise<Figure[]> {
  const client = await session();
  const direct = await behind(client);
  const { ours, theirs } = await beside(
    200,
    () => client.query(catalog),
    () => direct.query(catalog),
  );
  await Promise.all([client.end(), direct.end()]);
  return [
    {
      name: 'a catalog statement, p50 over the PostgreSQL behind',
      value: ours - theirs,
      unit: 'ms',
      ratio: { value: ours / theirs, to: 'PostgreSQL' },
      goal: { is: 'at most', value: 0.5 },
      note: `${ours.toFixed(2)} ms and ${theirs.toFixed(2)} ms`,
    },
  ];
}

async function idle({ server, session }: World): Promise<Figure[]> {
  // The PostgreSQL, the catalogs and the planner are there before; what is counted is sessions.
  for (const tenant of tenants) {
    const first = await session(tenant);
    await first.query(small.sql);
    await first.end();
  }
  await pause(1000);
  const before = server.proportionalMb();
  const sessions: pg.Client[] = [];
  for (let i = 0; i < idleSessions; i += 1) {
    const client = await session(tenants[i % tenants.length]);
    await client.query(small.sql);
    sessions.push(client);
  }
  await pause(1000);
  const grown = server.proportionalMb() - before;
  await Promise.all(sessions.map((client) => client.end()));
  return [
    {
      name: `an idle session, of ${idleSessions} that asked once`,
      value: grown / idleSessions,
      unit: 'MB',
      goal: { is: 'at most', value: 10 },
      note: 'the door and PostgreSQL together',
    },
  ];
}

async function manySessions({ session, rest }: World): Promise<Figure[]> {
  const clients: pg.Client[] = [];
  for (let i = 0; i < active; i += 1) clients.push(await session());
  const wave = (ask: (at: number) => Promise<unknown>) =>
    Promise.all(
      clients.map(async (_, at) => {
        const samples: number[] = [];
        for (let i = 0; i < 10; i += 1) samples.push(await timed(() => ask(at)));
        return samples;
      }),
    ).then((all) => all.flat());
  const samples: [number[], number[]] = [[], []];
  for (let round = 0; round < 4; round += 1) {
    const ours = await wave((at) => clients[at]?.query(small.sql) ?? Promise.resolve());
    const theirs = await wave(() => rest(small.rest));
    // The first round warms up.
    if (round > 0) for (const [at, some] of [ours, theirs].entries()) samples[at === 0 ? 0 : 1].push(...some);
  }
  await Promise.all(clients.map((client) => client.end()));
  const [ours, theirs] = [quantile(samples[0], 0.95), quantile(samples[1], 0.95)];
  return [
    {
      name: `${active} sessions at once, p95 in REST's p95`,
      value: ours / theirs,
      unit: 'x',
      goal: { is: 'at most', value: 2 },
      note: `${ours.toFixed(0)} ms and ${theirs.toFixed(0)} ms, ${samples[0].length} samples each`,
    },
  ];
}

async function manyRows({ server, session, behind }: World): Promise<Figure[]> {
  const client = await session();
  const direct = await behind(client);
  const { rows } = await client.query(many);
  await direct.query('CREATE TEMP TABLE same (started_at timestamp, outcome text, department text, n bigint)');
  await direct.query('INSERT INTO same SELECT * FROM json_populate_recordset(null::same, $1)', [JSON.stringify(rows)]);
  const before = server.memory().rssMb;
  let peak = before;
  const watching = setInterval(() => {
    peak = Math.max(peak, server.memory().rssMb);
  }, 50);
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < 7; i += 1) {
    times[0].push(await timed(() => client.query(many)));
    times[1].push(await timed(() => direct.query('SELECT * FROM same')));
  }
  clearInterval(watching);
  await Promise.all([client.end(), direct.end()]);
  const [ours, theirs] = [median(times[0]), median(times[1])];
  return [
    {
      name: `${rows.length.toLocaleString('en-US')} rows, share of PostgreSQL's speed`,
      value: (theirs / ours) * 100,
      unit: '%',
      goal: { is: 'at least', value: 50 },
      note: `${Math.round(rows.length / (ours / 1000)).toLocaleString('en-US')} rows/s; asked of the semantic layer each time`,
    },
    { name: 'memory that they took at most', value: Math.max(0, peak - before), unit: 'MB' },
  ];
}
