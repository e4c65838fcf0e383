// One run of ours as a program: `ours.ts <home> <url of Okta> <as-of>`: log → raw → bronze → silver → gold → release → served copy. Prints what gold says.
import path from 'node:path';
import { fixedClock, observeNothing } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTenantConfig, runTenant } from '@tessera/pipeline';
import { benchTenant, openBenchLake } from '../bench-lake.ts';
import { openServing, pipelineNeeds } from '../vendors-process.ts';

const [home, url, asOf] = process.argv.slice(2);
if (!home || !url || !asOf) throw new Error('ours.ts <home> <url> <as-of>');
const bench = await openBenchLake({ home });
const serving = openServing(home);
const okta = connectors.filter(({ source }) => source === 'okta');
const needs = await pipelineNeeds({
  ...bench,
  serving,
  now: fixedClock(asOf),
  observe: observeNothing,
  // The log alone, as the others read it.
  connectors: okta.map((one) => ({
    ...one,
    streams: one.streams.filter(({ name }) => name === 'log'),
    open: async (...given) => (await one.open(...given)).filter(({ name }) => name === 'log'),
  })),
});
const config = parseTenantConfig(
  {
    ...{ tenant: benchTenant, displayName: 'Acme', timeZone: 'America/New_York', orgId: 'hq' },
    connections: [{ source: 'okta', settings: { url, token: 'bench' } }],
  },
  path.basename(import.meta.filename),
);
const { changed, sources } = await runTenant(needs, config);
const failed = sources.flatMap(({ report }) => report.failed);
if (failed[0]) throw failed[0].fault;
if (!changed) throw new Error('the run changed nothing');
const rows = await serving.query(
  benchTenant,
  'select outcome, count(*) as attempts from fact_auth_attempt group by outcome order by outcome',
);
process.stderr.write(`answer ${JSON.stringify(rows)}\n`);
serving.close();
bench.close();
