// What a person waits for: one question against the same SQL without Cube, a dashboard warm and cold, an answer from the cache.
import type { Query } from '@cubejs-client/core';
import type { Settings } from '@tessera/base';
import { benchFolder, benchTenant } from '../bench-lake.ts';
import { createViewer, dashboardQueries, scopeOf, type Viewer } from '../dashboard.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { median, quantile } from '../measure.ts';
import { mintBenchToken, openOwnCube } from '../own-cube.ts';
import { startServer } from '../server-process.ts';

const days = 30;

export const query: Benchmark = {
  name: 'query',
  about: `${benchTenant}: a question, a dashboard, warm, cold and from the cache`,
  async run(say) {
    const { folder, remove } = benchFolder();
    const before = process.env.TESSERA_DEMO_TENANTS;
    process.env.TESSERA_DEMO_TENANTS = benchTenant;
    try {
      const first = await startServer(folder);
      say(`  loaded in ${(first.readyMs / 1000).toFixed(1)} s`);
      const { settings } = first;
      const jwks = JSON.parse(await openJwks(settings));
      const asOf = await tenantAsOf(first.url, settings);
      const figures = await throughServer(first.url, settings, asOf).finally(() => first.close());
      const again = await startServer(folder, settings);
      try {
        figures.push(await firstDashboard(again.url, settings, asOf, again.readyMs));
      } finally {
        await again.close();
      }
      return [...figures, ...(await againstDuckDb(settings, jwks, asOf, say))];
    } finally {
      if (before === undefined) delete process.env.TESSERA_DEMO_TENANTS;
      else process.env.TESSERA_DEMO_TENANTS = before;
      remove();
    }
  },
};

const openJwks = async ({ host, demoPort }: Settings) => (await fetch(`http://${host}:${demoPort}/oidc/jwks`)).text();

async function withViewer<T>(url: string, settings: Settings, work: (viewer: Viewer) => Promise<T>): Promise<T> {
  const viewer = createViewer(url, await mintBenchToken(settings));
  try {
    return await work(viewer);
  } finally {
    viewer.close();
  }
}

const tenantAsOf = (url: string, settings: Settings): Promise<string> =>
  withViewer(url, settings, async (viewer) => {
    const status = JSON.parse(await viewer.get('/api/v1/tenant')) as { asOf: string };
    return status.asOf;
  });

function throughServer(url: string, settings: Settings, asOf: string): Promise<Figure[]> {
  return withViewer(url, settings, async (viewer) => {
    const scope = scopeOf(asOf, days);
    const queries = dashboardQueries(scope);
    const fresh: number[] = [];
    // Ranges that nobody has asked for yet: roll-ups answer, caches do not.
    for (let ago = 1; ago <= 30; ago += 1) fresh.push(await viewer.openDashboard(scopeOf(asOf, days, ago)));
    for (let i = 0; i < 5; i += 1) await viewer.openDashboard(scope);
    const warm: number[] = [];
    for (let i = 0; i < 100; i += 1) warm.push(await viewer.openDashboard(scope));
    const cached: number[] = [];
    for (let i = 0; i < 40; i += 1) for (const one of queries) cached.push(await viewer.ask(one));
    const floor: number[] = [];
    for (let i = 0; i < 500; i += 1) {
      const started = performance.now();
      await viewer.get('/livez');
      floor.push(performance.now() - started);
    }
    const p95 = quantile(warm, 0.95);
    return [
      {
        name: `dashboard, ${queries.length} questions, warm, p95 of ${warm.length}`,
        value: p95,
        unit: 'ms',
        ratio: { value: p95 / (median(floor) * queries.length), to: `of ${queries.length} empty answers (/livez)` },
        goal: { is: 'at most', value: 150 },
        note: `median ${median(warm).toFixed(0)} ms`,
      },
      {
        name: `dashboard over a new range, p95 of ${fresh.length}`,
        value: quantile(fresh, 0.95),
        unit: 'ms',
        note: `median ${median(fresh).toFixed(0)} ms`,
      },
      {
        name: `one question from the cache, median of ${cached.length}`,
        value: median(cached),
        unit: 'ms',
        ratio: { value: median(cached) / median(floor), to: `of an empty answer (${median(floor).toFixed(2)} ms)` },
        goal: { is: 'at most', value: 5 },
        note: `p95 ${quantile(cached, 0.95).toFixed(1)} ms`,
      },
    ];
  });
}

function firstDashboard(url: string, settings: Settings, asOf: string, readyMs: number): Promise<Figure> {
  return withViewer(url, settings, async (viewer) => {
    const first = await viewer.openDashboard(scopeOf(asOf, days));
    const second = await viewer.openDashboard(scopeOf(asOf, days));
    return {
      name: 'first dashboard of a cold tenant after a restart',
      value: first,
      unit: 'ms',
      ratio: { value: first / second, to: 'of the second' },
      goal: { is: 'at most', value: 1500 },
      note: `ready again after ${(readyMs / 1000).toFixed(1)} s`,
    };
  });
}

/** Each question once through Cube (over HTTP) and once straight to DuckDB, one after the other. */
async function againstDuckDb(
  settings: Settings,
  jwks: Parameters<typeof openOwnCube>[1],
  asOf: string,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const own = await openOwnCube(settings, jwks);
  const viewer = createViewer(own.url, own.token);
  try {
    const through: number[] = [];
    const straight: number[] = [];
    const over: number[] = [];
    let raw = 0;
    const one = async (asked: Query) => {
      own.sentSince();
      const ms = await viewer.ask(asked);
      const statements = own.sentSince();
      const fromRollup = statements.length > 0 && statements.every(({ sql }) => sql.includes(`_r${own.release}.`));
      if (!fromRollup) {
        if (statements.length > 0) raw += 1;
        return;
      }
      const started = performance.now();
      for (const statement of statements) await own.direct(statement);
      const direct = performance.now() - started;
      through.push(ms);
      straight.push(direct);
      over.push(ms - direct);
    };
    for (const asked of dashboardQueries(scopeOf(asOf, days, 40))) await one(asked);
    for (const samples of [through, straight, over]) samples.splice(0);
    raw = 0;
    for (let ago = 1; ago <= 20; ago += 1)
      for (const asked of dashboardQueries(scopeOf(asOf, days, ago))) await one(asked);
    say(`  ${through.length} questions answered from roll-ups, ${raw} from the gold tables`);
    return [
      {
        name: `one question from a roll-up, above the same SQL, p95 of ${over.length}`,
        value: quantile(over, 0.95),
        unit: 'ms',
        ratio: { value: median(through) / median(straight), to: "of the same SQL on the tenant's DuckDB (medians)" },
        goal: { is: 'at most', value: 20 },
        note: `median ${median(over).toFixed(1)} ms above ${median(straight).toFixed(1)} ms`,
      },
    ];
  } finally {
    viewer.close();
    await own.close();
  }
}
