// The policy pack at the doors, on real rows: who sees which rows, who sees tokens, and that no cache mixes them up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { renderModel, subjects } from '@tessera/model';
import { createPolicy, pack } from '@tessera/security';
import { insertRows } from './gold-rows.ts';
import { type Answer, acme, globex, type Served, serveTenants, type Who } from './served-tenants.ts';

const { catalogue } = renderModel(subjects);
const { decideRights } = createPolicy(pack, catalogue);
/** By subject, what the directory says of a person beside the groups. */
const attributes: Record<string, object> = {
  it: { teams: ['IT'] },
  quote: { teams: ["O'Hara"] },
  both: { teams: ['IT', "O'Hara"] },
  us: { region: 'US' },
  hq: { org: 'acme-corp-hq' },
  elsewhere: { org: 'globex-inc-hq' },
  lowered: { clearance: 'internal' },
};
let served: Served;
before(async () => {
  served = await serveTenants(undefined, (access) => decideRights({ ...access, ...attributes[access.subject] }));
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

const load = async (query: object, who: Who) => {
  const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', { query }, who);
  return { status, body, data: body.data };
};
const people = { measures: ['users.user_count'] };
const counts: readonly (readonly [who: string, groups: readonly string[], people: string])[] = [
  ['everyone of the tenant', ['analyst'], '4'],
  ['it', ['team-viewer'], '3'],
  ['quote', ['team-viewer'], '1'],
  ['both', ['team-viewer'], '4'],
  ['it', ['analyst', 'team-viewer'], '3'],
  ['hq', ['org-analyst'], '4'],
  ['elsewhere', ['org-analyst'], '0'],
];
for (const round of ['first', 'again, from the caches'])
  for (const [subject, groups, expected] of counts)
    test(`${subject} in ${groups.join(' and ')} counts ${expected} people, ${round} (attack 56)`, async () => {
      const { status, data } = await load(people, { subject, groups });
      assert.equal(status, 200);
      assert.deepEqual(data, [{ 'users.user_count': expected }]);
    });

test('a filter of the caller narrows within his scope and never reaches out of it (attack 37)', async () => {
  const out = {
    or: [
      { member: 'users.department', operator: 'set' },
      { member: 'users.department', operator: 'notSet' },
    ],
  };
  const { data } = await load({ ...people, filters: [out] }, { subject: 'it', groups: ['team-viewer'] });
  assert.deepEqual(data, [{ 'users.user_count': '3' }]);
});

test('a view that a scope cannot filter is closed, with the text of a view that is not there', async () => {
  const text = (body: Answer) => String(body.error).replace(/\S+_count/, '…');
  const who = { subject: 'us', groups: ['region-analyst'] };
  const closed = await load(people, who);
  const absent = await load({ measures: ['planets.planet_count'] }, who);
  assert.deepEqual([closed.status, closed.body.code], [403, 'MEMBER_DENIED']);
  assert.deepEqual([absent.status, absent.body.code, text(absent.body)], [403, 'MEMBER_DENIED', text(closed.body)]);
  const attempts = await load({ measures: ['auth_attempts.attempt_count'] }, who);
  assert.deepEqual(attempts.data, [{ 'auth_attempts.attempt_count': '5' }]);
});

test('a scope without its attribute is 403, and so is a caller without a role', async () => {
  for (const [subject, groups] of [
    ['nobody', ['team-viewer']],
    ['nobody', ['analyst', 'org-analyst']],
    ['nobody', ['Analyst']],
  ] as const) {
    const { status, body } = await load(people, { subject, groups });
    assert.deepEqual([status, body.code], [403, 'CLAIM_REFUSED'], groups.join());
  }
});

const emails = { dimensions: ['users.email'] };
test('a viewer sees tokens in the order of the tokens, an analyst the values, whoever asks first (attacks 75, 125)', async () => {
  const asked = async (who: Who) => (await load(emails, who)).data.map((row) => String(row['users.email']));
  for (const _ of ['first', 'again']) {
    const tokens = await asked({ groups: ['viewer'] });
    assert.equal(tokens.length, 4);
    assert.ok(tokens.every((token) => token.startsWith('tok_')));
    assert.deepEqual(tokens, tokens.toSorted());
    assert.deepEqual(
      await asked({ groups: ['analyst'] }),
      ['a', 'b', 'c', 'd'].map((key) => `${key}@acme.example`),
    );
    assert.deepEqual(await asked({ groups: ['analyst'], subject: 'lowered' }), tokens, 'a lower clearance');
  }
});

test('every personal dimension of every view is a token for a viewer, alone and beside a number', async () => {
  for (const [view, { members }] of Object.entries(catalogue)) {
    const [measure] = Object.keys(members).filter((name) => members[name]?.kind === 'measure');
    const personal = Object.keys(members).filter((name) => members[name]?.classification === 'pii');
    for (const query of personal.flatMap((name) => [
      { dimensions: [`${view}.${name}`] },
      { dimensions: [`${view}.${name}`], measures: [`${view}.${measure}`] },
    ])) {
      const { status, data } = await load(query, { groups: ['viewer'] });
      assert.equal(status, 200, JSON.stringify(query));
      for (const row of data) assert.match(String(row[query.dimensions[0] ?? '']), /^(tok_|null$)/);
    }
  }
});

test('the same in GraphQL', async () => {
  const document = { query: '{ cube { users { email } } }' };
  const asked = async (groups: string[]) =>
    JSON.stringify((await served.ask(acme, '/cubejs-api/graphql', document, { groups })).body);
  assert.match(await asked(['analyst']), /a@acme\.example/);
  const masked = await asked(['viewer']);
  assert.match(masked, /tok_/);
  assert.doesNotMatch(masked, /@acme/);
});

test('what a token hides is no filter, order or condition (attack 124)', async () => {
  const guess = { member: 'users.email', operator: 'startsWith', values: ['a'] };
  for (const query of [
    { ...people, filters: [guess] },
    { ...people, filters: [{ or: [guess, { member: 'users.department', operator: 'set' }] }] },
    { ...emails, order: { 'users.email': 'asc' } },
    { ...people, filters: [{ ...guess, operator: 'set', values: undefined }] },
  ]) {
    const { status, body } = await load(query, { groups: ['viewer'] });
    assert.deepEqual([status, body.code], [403, 'MEMBER_DENIED'], JSON.stringify(query));
  }
});

test('an operator and a platform analyst see numbers, and nobody', async () => {
  for (const group of ['operator', 'platform-analyst']) {
    assert.equal((await load(people, { groups: [group] })).status, 200);
    for (const member of ['users.email', 'users.is_admin', 'users.strongest_factor'])
      assert.equal((await load({ dimensions: [member] }, { groups: [group] })).status, 403, `${group} ${member}`);
  }
});

test('the meta answer lists what the caller may see, and nothing else', async () => {
  const names = async (groups: string[]) => {
    const token = await served.token(acme, { groups, subject: 'it' });
    const response = await fetch(`${served.url}/cubejs-api/v1/meta`, { headers: { authorization: `Bearer ${token}` } });
    const { cubes } = (await response.json()) as { cubes: { name: string; dimensions: { name: string }[] }[] };
    return cubes.flatMap((cube) => [cube.name, ...cube.dimensions.map((dimension) => dimension.name)]);
  };
  const [team, operator] = [await names(['team-viewer']), await names(['operator'])];
  assert.ok(team.includes('users.email') && team.includes('users.is_admin') && !team.includes('issues'));
  assert.ok(!operator.includes('users.email') && !operator.includes('users.is_admin') && operator.includes('issues'));
});

test('every answer stays within the tenant, whatever the group (attack 36)', async () => {
  for (const { group } of pack.bindings) {
    const { status, body } = await served.ask(
      globex,
      '/cubejs-api/v1/load',
      { query: emails },
      { groups: [group], subject: 'it' },
    );
    assert.ok([200, 403].includes(status), group);
    assert.doesNotMatch(JSON.stringify(body), /acme-corp/);
  }
});
