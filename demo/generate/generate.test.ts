// The world is the same for the same seed, keeps within its days, and its records say what its facts say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { AttemptFact, Facts } from '../facts.ts';
import { type Json, recordAt, type TenantWorld } from '../world.ts';
import { dayMs } from '../zone.ts';
import { generateWorld } from './index.ts';
import { oddDeviceCases } from './odd-devices.ts';
import { oddIssueCases } from './odd-issues.ts';

const asOf = new Date('2026-11-21T00:00:00Z');
const world = (seed = 7) => generateWorld({ seed, asOf, tenants: ['initech', 'globex-inc'] });
const made = world();
const [globex, initech] = made.tenants as [TenantWorld, TenantWorld];
const factsOf = (tenant: TenantWorld) => tenant.facts as Facts;

const fingerprint = (tenant: TenantWorld) => {
  const hash = createHash('sha256');
  for (const log of [tenant.okta.log, tenant.elasticsearch.documents]) {
    for (let i = 0; i < log.length; i++) hash.update(log.json(i));
  }
  hash.update(JSON.stringify([tenant.okta.users, [...tenant.okta.factors], tenant.intune, tenant.jamf]));
  hash.update(JSON.stringify([tenant.jira.issues, [...tenant.jira.changelogs]]));
  return hash.digest('hex');
};

function* events(tenant: TenantWorld): Generator<{ readonly uuid: string; readonly json: string } & OktaEvent> {
  for (let i = 0; i < tenant.okta.log.length; i++) {
    const json = tenant.okta.log.json(i);
    yield { ...(JSON.parse(json) as OktaEvent & { uuid: string }), json };
  }
}

interface OktaEvent {
  readonly eventType: string;
  readonly published: string;
  readonly outcome: { readonly result: string; readonly reason: string | null };
  readonly actor: { readonly id: string; readonly alternateId: string };
  readonly client: { readonly ipAddress: string | null };
  readonly authenticationContext: { readonly externalSessionId: string | null; readonly rootSessionId?: string };
  readonly transaction: { readonly id?: string };
  readonly debugContext: { readonly debugData: { readonly factor?: string } };
  readonly target: readonly { readonly id: string; readonly type: string }[] | null;
}

describe('the generated world', () => {
  it('is the same for the same seed and day, and another for another seed', () => {
    const again = world().tenants[1] as TenantWorld;
    assert.equal(fingerprint(again), fingerprint(initech));
    assert.notEqual(fingerprint(world(8).tenants[1] as TenantWorld), fingerprint(initech));
  });

  it('refuses an as-of instant that is not the start of a day', () => {
    assert.throws(() => generateWorld({ seed: 1, asOf: new Date('2026-11-21T08:00:00Z') }), RangeError);
  });

  it('keeps its logs in order of storage and ends before the as-of instant', () => {
    for (const tenant of made.tenants) {
      for (const log of [tenant.okta.log, tenant.elasticsearch.documents]) {
        for (let i = 0; i < log.length; i++) {
          assert.ok(i === 0 || log.persistedAt(i) >= log.persistedAt(i - 1));
          assert.ok(log.persistedAt(i) < asOf.getTime() && log.occurredAt(i) <= log.persistedAt(i));
          assert.ok(log.occurredAt(i) > asOf.getTime() - 180 * dayMs);
        }
      }
    }
  });

  it('delivers some events twice, word for word, and some late', () => {
    const seen = new Map<string, string>();
    let twice = 0;
    for (const { uuid, json } of events(globex)) {
      if (seen.has(uuid)) twice += 1;
      assert.equal(seen.get(uuid) ?? json, json);
      seen.set(uuid, json);
    }
    assert.ok(twice > 10);
    const { log } = globex.okta;
    let late = 0;
    for (let i = 0; i < log.length; i++) if (log.persistedAt(i) - log.occurredAt(i) > 3_600_000) late += 1;
    assert.ok(late > 50);
  });

  it('names every odd case of devices and issues once in each tenant', () => {
    for (const tenant of made.tenants) {
      assert.ok(tenant.intune.devices.some(({ versions }) => versions.at(-1)?.record?.serialNumber === ''));
      assert.ok(factsOf(tenant).devices.length > Object.keys(oddDeviceCases).length);
      assert.ok([...tenant.jira.changelogs.values()].some((histories) => histories.length > 100));
      assert.ok(tenant.jira.issues.some((issue) => recordAt(issue, asOf) === undefined));
      assert.ok(factsOf(tenant).issues.length > Object.keys(oddIssueCases).length);
    }
  });
});

describe('the facts of sign-ins', () => {
  it('are what the written rules read out of the log', () => {
    for (const tenant of made.tenants) {
      const read = attemptsByTheRules(tenant);
      const meant = factsOf(tenant).attempts.filter(({ source }) => source === 'okta');
      assert.deepEqual(read.sort(), meant.map(written).sort());
    }
  });
});

const written = (fact: Pick<AttemptFact, 'startedAt' | 'login' | 'outcome' | 'reason' | 'stage' | 'usedMfa'>) =>
  JSON.stringify([
    new Date(fact.startedAt).toISOString(),
    fact.login,
    fact.outcome,
    fact.reason,
    fact.stage,
    fact.usedMfa,
  ]);

const attemptTypes =
  /^(user\.session\.start|user\.account\.lock|policy\.evaluate_sign_on|user\.authentication\.(verify|auth_via_(mfa|IDP|AD_agent|LDAP_agent|radius|social|inbound_SAML)))$/;

/** The rules of demo/README.md, once more and on the JSON. */
function attemptsByTheRules(tenant: TenantWorld): string[] {
  const unique = new Map<string, OktaEvent & { readonly uuid: string }>();
  for (const event of events(tenant)) {
    if (attemptTypes.test(event.eventType) && event.outcome.result !== 'SKIPPED') unique.set(event.uuid, event);
  }
  const sorted = [...unique.values()].sort((a, b) => (a.published + a.uuid < b.published + b.uuid ? -1 : 1));
  const chains = new Map<string, OktaEvent[]>();
  const byAddress = new Map<string, { key: string; last: number }>();
  for (const event of sorted) {
    const login = event.actor.alternateId.toLowerCase();
    const linked =
      event.authenticationContext.rootSessionId ??
      event.authenticationContext.externalSessionId ??
      event.transaction.id;
    let key = `${login}|${linked}`;
    if (linked === undefined || linked === null) {
      const place = `${login}|${event.client.ipAddress}`;
      const at = Date.parse(event.published);
      const before = byAddress.get(place);
      key = before && at - before.last < 600_000 ? before.key : `${place}|${at}`;
      byAddress.set(place, { key, last: at });
    }
    chains.set(key, [...(chains.get(key) ?? []), event]);
  }
  const is = (type: string, result?: string) => (event: OktaEvent) =>
    event.eventType === type && (result === undefined || event.outcome.result === result);
  const verified = is('user.authentication.verify', 'SUCCESS');
  const began = is('user.session.start', 'SUCCESS');
  const successes = new Map<string, number[]>();
  const drafts = [...chains.values()].map((chain) => {
    const challenged = chain.some((event) => event.outcome.result === 'CHALLENGE');
    const success = chain.some(verified) || (chain.some(began) && !challenged);
    const login = chain[0]?.actor.alternateId.toLowerCase() ?? '';
    const at = chain.find((event) => verified(event) || began(event))?.published;
    if (success && at) successes.set(login, [...(successes.get(login) ?? []), Date.parse(at)]);
    return { chain, challenged, success, login };
  });
  return drafts.map(({ chain, challenged, success, login }) => {
    const failure = chain.findLast((event) => event.outcome.result === 'FAILURE');
    const policy = chain.findLast(is('policy.evaluate_sign_on'));
    const lock = chain.findLast(is('user.account.lock'));
    const failedAt = failure ? Date.parse(failure.published) : 0;
    const madeGood = (successes.get(login) ?? []).some((at) => failedAt < at && at <= failedAt + 600_000);
    const knowledge = (factor: string | undefined) => factor === 'PASSWORD_AS_FACTOR' || factor === 'SECURITY_QUESTION';
    const factorOf = (event: OktaEvent) => event.debugContext.debugData.factor;
    const classes = new Set(
      chain
        .filter(is('user.authentication.auth_via_mfa', 'SUCCESS'))
        .filter((event) => factorOf(event) !== 'EMAIL_FACTOR')
        .map((event) => (knowledge(factorOf(event)) ? 'knowledge' : 'possession')),
    );
    const via = chain.findIndex(
      (event) => event.eventType.startsWith('user.authentication.auth_via_') && event.outcome.result === 'SUCCESS',
    );
    const started = chain.findIndex(began);
    if (started >= 0 && (via < 0 || via > started)) classes.add('knowledge');
    const decide = (): Pick<AttemptFact, 'outcome' | 'reason' | 'stage'> => {
      const plain = { reason: null, stage: null };
      if (success) return { outcome: 'success', ...plain };
      if (policy?.outcome.result === 'DENY')
        return { outcome: 'denied', reason: policy.outcome.reason, stage: 'policy' };
      if (failure && !madeGood) {
        const second =
          failure.eventType === 'user.authentication.verify' ||
          (failure.eventType === 'user.authentication.auth_via_mfa' && !knowledge(factorOf(failure)));
        return { outcome: 'failure', reason: failure.outcome.reason, stage: second ? 'second_factor' : 'first_factor' };
      }
      if (challenged && !failure && !lock) return { outcome: 'abandoned', ...plain };
      if (lock) return { outcome: 'locked', reason: lock.outcome.reason ?? 'LOCKED_OUT', stage: 'first_factor' };
      return { outcome: 'none', ...plain };
    };
    return written({ ...decide(), startedAt: Date.parse(chain[0]?.published ?? ''), login, usedMfa: classes.size > 1 });
  });
}

describe('the facts of accounts', () => {
  it('agree with the events of the log and the records as of now', () => {
    for (const tenant of made.tenants) {
      const last = new Map<string, string>();
      const factorEvents = new Map<string, string>();
      const inOrder = [...events(tenant)].sort((a, b) => (a.published < b.published ? -1 : 1));
      for (const { eventType, target, debugContext } of inOrder) {
        const id = target?.find(({ type }) => type === 'User')?.id ?? '';
        if (eventType.startsWith('user.lifecycle.')) last.set(id, eventType.slice(15));
        if (eventType.startsWith('user.mfa.factor.'))
          factorEvents.set(`${id}|${debugContext.debugData.factor}`, eventType.slice(16));
      }
      const outcome: Readonly<Record<string, string>> = {
        create: 'STAGED PROVISIONED',
        activate: 'ACTIVE',
        unsuspend: 'ACTIVE',
        suspend: 'SUSPENDED',
        deactivate: 'DEPROVISIONED',
      };
      for (const user of tenant.okta.users) {
        const event = last.get(user.id);
        const status = String(recordAt(user, asOf)?.status);
        if (event) assert.ok(outcome[event]?.includes(status), `${event} and ${status}`);
        const listed = (tenant.okta.factors.get(user.id) ?? [])
          .map((factor) => recordAt(factor, asOf))
          .filter((one) => one !== undefined);
        assert.equal(new Set(listed.map(({ factorType }) => factorType)).size, listed.length);
      }
      assert.ok(factorEvents.size > 10);
    }
  });
});

describe('the facts of devices and issues', () => {
  it('show in the records as they stood at each weekly listing', () => {
    for (const tenant of made.tenants) {
      const byId = new Map(tenant.intune.devices.map((device) => [device.id, device]));
      for (const record of factsOf(tenant).devices.flatMap(({ records }) => records)) {
        if (record.system !== 'intune') continue;
        for (let week = 25; week >= 0; week--) {
          const at = asOf.getTime() - 7 * week * dayMs;
          const moment = record.states.findLast((one) => one.at <= at);
          const listed: Json | undefined = recordAt(
            byId.get(record.id) as (typeof tenant.intune.devices)[number],
            new Date(at),
          );
          const expected = record.goneAt <= at ? undefined : moment?.verdict;
          assert.equal(listed?.complianceState, expected);
        }
      }
    }
  });

  it('show in the changelog of each issue that kept one', () => {
    for (const tenant of made.tenants) {
      for (const issue of factsOf(tenant).issues) {
        const histories = tenant.jira.changelogs.get(issue.id) ?? [];
        const moves = histories.flatMap(({ items }) => (items as Json[]).filter(({ field }) => field === 'status'));
        assert.deepEqual(
          moves.map(({ to }) => to),
          issue.historyLost ? [] : issue.moves.map(({ status }) => status),
        );
      }
    }
  });
});
