// What every model gets for nothing: it compiles, gives the columns of its meta, keeps its checks, and its cases pass.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createEngine, type Engine } from '@tessera/lakehouse';
import type { ModelCases } from './cases/case.ts';
import { runCase } from './cases/run-case.ts';
import { modelsFolder } from './compile/load-models.ts';
import { loadProject } from './load-project.ts';

const { models } = await loadProject();
const byName = new Map(models.map((model) => [model.name, model]));
let scratch: string;
let engine: Engine;
before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'tessera-models-'));
  engine = await createEngine({ scratch });
});
after(async () => {
  engine.close();
  await rm(scratch, { recursive: true, force: true });
});

const casesOf = new Map<string, ModelCases>();
for (const { layer, name } of models) {
  const file = path.join(modelsFolder, layer, name, `${name}.case.ts`);
  casesOf.set(name, ((await import(pathToFileURL(file).href)) as { readonly cases: ModelCases }).cases);
}

for (const model of models) {
  describe(model.name, () => {
    test('without a row upstream it has the columns of its meta', async () => {
      await engine.session((session) => runCase(session, byName, model, { given: {}, expect: [] }));
    });
    test('carries the four key columns', () => {
      for (const column of ['tenant_id', 'org_id', 'source_system', 'ingest_at'])
        assert.equal(model.meta.columns[column]?.nullable, undefined, column);
    });
    for (const [name, one] of Object.entries(casesOf.get(model.name) ?? {}))
      test(name, async () => {
        const { actual, expected } = await engine.session((session) => runCase(session, byName, model, one));
        assert.deepEqual(actual, expected);
      });
  });
}
