// Nobody adds a model that the ledger does not know: each has an account, or a row that says why it can have none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadProject } from '@tessera/transforms';
import { modelAccounts, unaccounted } from './model-accounts.ts';

test('every model has an account or a reason, never both, and no account is of a model that is not', async () => {
  const { models } = await loadProject();
  const accounted = new Set(modelAccounts.map(({ object }) => object));
  const known = new Set([...accounted, ...Object.keys(unaccounted)]);
  assert.deepEqual([...known].sort(), models.map(({ name }) => name).sort());
  assert.equal(known.size, accounted.size + Object.keys(unaccounted).length, 'one has an account and a reason');
  assert.equal(accounted.size, modelAccounts.length, 'one has two accounts');
  for (const [model, reason] of Object.entries(unaccounted)) assert.ok(reason.length > 20, model);
});

test('an account reads only models and bronze, and its day is a column of its gold table', async () => {
  const { models } = await loadProject();
  const metas = new Map(models.map(({ name, meta }) => [name, meta]));
  for (const { object, hop, servedDay, expected, found, roots } of modelAccounts) {
    const names: string[] = [];
    const note = (name: string) => {
      names.push(name);
      return name;
    };
    expected(note);
    found(note);
    assert.ok(names.includes(object), object);
    for (const name of [...names, ...roots])
      assert.ok(metas.has(name) || name.includes('__'), `${object} reads ${name}`);
    if (servedDay !== undefined) {
      assert.equal(hop, 'silver-gold', object);
      assert.ok(servedDay in (metas.get(object)?.columns ?? {}), `${object} has no column ${servedDay}`);
    }
  }
});
