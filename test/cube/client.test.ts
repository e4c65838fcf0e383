// Cube's official client against the whole door: what the page uses.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import cubeClient from '@cubejs-client/core';
import { insertRows } from './gold-rows.ts';
import { acme, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

const client = () =>
  cubeClient(() => served.token(acme).then((token) => `Bearer ${token}`), { apiUrl: `${served.url}/cubejs-api/v1` });

test('the client loads numbers, a series and the description of a metric', async () => {
  const cube = client();
  const timeDimensions = [
    {
      dimension: 'auth_attempts.started_on',
      granularity: 'day' as const,
      dateRange: ['2026-01-01', '2026-01-03'] as [string, string],
    },
  ];
  const set = await cube.load({ measures: ['auth_attempts.attempt_count'], timeDimensions }, { castNumerics: true });
  const [series] = set.series();
  assert.deepEqual(
    series?.series.map(({ value }) => value),
    [3, 1, 0],
  );
  const meta = await cube.meta();
  assert.match(
    meta.resolveMember('users.mfa_adoption_pct', 'measures') &&
      'title' in meta.resolveMember('users.mfa_adoption_pct', 'measures')
      ? 'found'
      : 'absent',
    /found/,
  );
});

test('the client compares two ranges and gets the refusal of a bad query as an error with its text', async () => {
  const cube = client();
  const compareDateRange: [string, string][] = [
    ['2026-01-01', '2026-01-31'],
    ['2026-02-01', '2026-02-28'],
  ];
  const set = await cube.load({
    measures: ['auth_attempts.success'],
    timeDimensions: [{ dimension: 'auth_attempts.started_on', compareDateRange }],
  });
  assert.equal(set.decompose().length, 2);
  await assert.rejects(cube.load({ measures: ['users.nothing'] }), /You may not use users\.nothing here/);
});
