// A real sshd log through Elasticsearch: sign-in attempts, their failures and the failure rate, against counts taken from the text itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { acme } from '../cube/served-tenants.ts';
import { emptyWorld, storedAt } from './empty-world.ts';
import { sharedPath, skipWithoutRecordings } from './shared-folder.ts';
import { sshDocuments } from './ssh-documents.ts';
import { openWholePath, type TenantRun, type WholePath } from './whole-path.ts';

const file = sharedPath('data', 'elastic_sshd_auth.log');
const asOf = new Date('2017-04-21T00:00:00Z');
const stored = new Date('2017-04-20T23:00:00Z');

/** How often `pattern` stands in the text, a line that is said to be repeated n times counting n. */
function countOf(text: string, pattern: string): number {
  const lines = text.split('\n').filter((line) => new RegExp(`sshd\\[\\d+\\]: (.*\\[ )?${pattern}`).test(line));
  return lines.reduce((sum, line) => sum + Number(/message repeated (\d+) times/.exec(line)?.[1] ?? 1), 0);
}

describe('a log of sign-ins over ssh', { skip: skipWithoutRecordings }, () => {
  let path: WholePath;
  let run: TenantRun;
  let text: string;
  before(async () => {
    text = readFileSync(file, 'utf8');
    path = await openWholePath();
    const documents = storedAt(stored, sshDocuments(file, stored));
    run = await path.run({ ...emptyWorld(acme, 'UTC'), elasticsearch: { documents } }, asOf, ['elasticsearch']);
  });
  after(() => path.close());

  test('every attempt of the text arrives, and nothing else does', async () => {
    const attempts = countOf(text, 'Failed') + countOf(text, 'Accepted');
    assert.deepEqual(await run.bronze('elasticsearch', 'auth_logs', 'select count(*)::integer as n from bronze'), [
      { n: attempts },
    ]);
    assert.deepEqual(await run.quarantined(), []);
    assert.equal(run.violations(), 0);
  });

  test('failures, successes and their rate are those of the text', async () => {
    const [failed, accepted] = [countOf(text, 'Failed'), countOf(text, 'Accepted')];
    assert.deepEqual([failed, accepted], [1042, 226]);
    const measures = [
      'failure',
      'success',
      'attempt_count',
      'login_failure_rate_pct',
      'distinct_users',
      'simple_sign_ins',
    ];
    const [row] = await path.load(acme, { measures: measures.map((name) => `auth_attempts.${name}`) });
    const asked = measures.map((name) => Number(row?.[`auth_attempts.${name}`]));
    assert.deepEqual(asked, [failed, accepted, failed + accepted, (100 * failed) / (failed + accepted), 0, 0]);
  });

  test('each day has the attempts of its lines', async () => {
    const rows = await path.load(acme, {
      measures: ['auth_attempts.failure', 'auth_attempts.success'],
      timeDimensions: [
        { dimension: 'auth_attempts.started_on', granularity: 'day', dateRange: ['2017-03-27', '2017-04-20'] },
      ],
      order: { 'auth_attempts.started_on': 'asc' },
    });
    assert.equal(rows.length, 25);
    for (const row of rows) {
      const day = new Date(`${row['auth_attempts.started_on.day']}Z`);
      const name = day.toLocaleDateString('en', { month: 'short', timeZone: 'UTC' });
      const start = `${name} ${String(day.getUTCDate()).padStart(2)}`;
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(start))
        .join('\n');
      assert.deepEqual(
        [Number(row['auth_attempts.failure']), Number(row['auth_attempts.success'])],
        [countOf(lines, 'Failed'), countOf(lines, 'Accepted')],
        start,
      );
    }
  });

  test('an attempt with a blank name is nobody’s, and those of root are root’s', async () => {
    const rows = await path.load(acme, {
      measures: ['auth_attempts.failure'],
      dimensions: ['auth_attempts.actor_login'],
      filters: [{ member: 'auth_attempts.failure', operator: 'gt', values: ['0'] }],
    });
    const failures = new Map(
      rows.map((row) => [row['auth_attempts.actor_login'], Number(row['auth_attempts.failure'])]),
    );
    assert.equal(failures.get('root'), countOf(text, 'Failed \\S+ for root from'));
    assert.equal(failures.get(null), countOf(text, 'Failed \\S+ for invalid user  from'));
  });
});
