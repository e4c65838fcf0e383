// Okta-shaped events through the log API: each of the 83 lands, is a copy, or is refused by name; mended, all of them count.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Tenant } from '@tessera/base';
import type { Json } from '@tessera/demo';
import { acme, globex } from '../cube/served-tenants.ts';
import { emptyWorld, storedAt } from './empty-world.ts';
import { mended, recordedEvents } from './okta-events.ts';
import { sharedPath, skipWithoutRecordings } from './shared-folder.ts';
import { openWholePath, type WholePath } from './whole-path.ts';

const file = sharedPath('data', 'okta_system_log_panther_tests.jsonl');
const asOf = new Date('2024-09-01T00:00:00Z');
const stored = new Date('2024-08-31T23:00:00Z');

/** How often each name stands in a list. */
const tally = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
const resultOf = (event: Json) => (event.outcome as Json | undefined)?.result as string | undefined;

/** Events of a sign-in, as the definition of an attempt lists them. */
const ofAttempts =
  /^(user\.session\.start|user\.account\.lock|policy\.evaluate_sign_on|user\.authentication\.(verify|auth_via_\w+))$/;

describe('Okta events that others wrote down', { skip: skipWithoutRecordings }, () => {
  let path: WholePath;
  let events: readonly Json[];
  before(async () => {
    events = recordedEvents(file);
    path = await openWholePath();
  });
  after(() => path.close());

  const runWith = (tenant: Tenant, records: readonly Json[]) => {
    const world = emptyWorld(tenant, 'UTC');
    return path.run({ ...world, okta: { ...world.okta, log: storedAt(stored, records) } }, asOf, ['okta']);
  };

  test('as they are, among as many good ones, each is landed, a copy of one that is, or refused with its reason', async () => {
    // Alone most of them would not fit, and a log of which most does not fit is refused as a whole.
    const good = events.map(mended).map((event) => ({ ...event, uuid: `good-${event.uuid}` }));
    const run = await runWith(globex, [...events, ...good]);
    const refused = tally((await run.quarantined()).map(({ reason }) => reason));
    assert.deepEqual(refused, {
      '$.uuid is missing': 12,
      // Kept by a store that writes eventtype, which is another name.
      '$.eventType is missing': 41,
      '$.published is missing': 2,
      // The text "redacted".
      '$.published is not a TIMESTAMPTZ': 4,
    });
    const whole = events.filter(
      (event) => event.uuid && event.eventType && !Number.isNaN(Date.parse(`${event.published}`)),
    );
    const landed = await run.bronze(
      'okta',
      'log',
      "select uuid from bronze where uuid not like 'good-%' order by uuid",
    );
    assert.deepEqual(
      landed.map(({ uuid }) => uuid),
      [...new Set(whole.map(({ uuid }) => uuid))].sort(),
    );
    const copies = whole.length - landed.length;
    assert.deepEqual([landed.length, copies, 12 + 41 + 2 + 4], [7, 17, 59]);
    assert.equal(landed.length + copies + 59, events.length);
  });

  test('mended, all 83 land with the outcomes that were counted in them', async () => {
    const run = await runWith(acme, events.map(mended));
    assert.deepEqual(await run.quarantined(), []);
    const outcomes = await run.bronze('okta', 'log', "select coalesce(outcome_result, 'none') as outcome from bronze");
    const counted = { SUCCESS: 49, FAILURE: 20, CHALLENGE: 7, DENY: 3, none: 4 };
    assert.deepEqual(tally(outcomes.map(({ outcome }) => String(outcome))), counted);
    assert.deepEqual(tally(events.map((event) => resultOf(event) ?? 'none')), counted);
  });

  test('sign-in events keep their type and outcome, and one without an outcome is UNKNOWN', async () => {
    const rows = await path.load(acme, {
      measures: ['auth_events.event_count'],
      dimensions: ['auth_events.event_type', 'auth_events.outcome'],
    });
    const asked = rows.map((row) => [
      `${row['auth_events.event_type']} ${row['auth_events.outcome']}`,
      Number(row['auth_events.event_count']),
    ]);
    const signIns = events
      .map(mended)
      .filter(({ eventType }) => /^user\.authentication\./.test(`${eventType}`) || ofAttempts.test(`${eventType}`));
    assert.deepEqual(
      Object.fromEntries(asked),
      tally(signIns.map((event) => `${event.eventType} ${resultOf(event) ?? 'UNKNOWN'}`)),
    );
  });

  test('no sign-in event is lost between events and attempts, and the rates follow', async () => {
    const tried = events.map(mended).filter(({ eventType }) => ofAttempts.test(`${eventType}`));
    const starts = tried.filter(({ eventType }) => eventType === 'user.session.start').map(resultOf);
    const failed = starts.filter((result) => result === 'FAILURE').length;
    const succeeded = starts.filter((result) => result === 'SUCCESS').length;
    assert.deepEqual([tried.length, failed, succeeded], [38, 10, 14]);
    const measures = [
      'attempt_count',
      'success',
      'failure',
      'login_failure_rate_pct',
      'simple_failures',
      'simple_sign_ins',
      'login_failure_rate_simple_pct',
    ];
    const [row] = await path.load(acme, { measures: measures.map((name) => `auth_attempts.${name}`) });
    assert.deepEqual(
      measures.map((name) => Number(row?.[`auth_attempts.${name}`])),
      // The rules' events share few sessions: 38 events are 8 attempts, one of them without any outcome.
      [8, 4, 3, (100 * 3) / 7, failed, failed + succeeded, (100 * failed) / (failed + succeeded)],
    );
    const joined = await path.load(acme, {
      measures: ['auth_events.event_count'],
      dimensions: ['auth_events.event_type'],
    });
    const ofAttempt = joined.filter((one) => ofAttempts.test(`${one['auth_events.event_type']}`));
    assert.equal(
      ofAttempt.reduce((sum, one) => sum + Number(one['auth_events.event_count']), 0),
      tried.length,
    );
  });
});
