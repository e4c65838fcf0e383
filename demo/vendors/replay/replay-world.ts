// Puts recorded payloads where the generator's records would be, so that the same stand-ins serve them by the same protocols.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Fault, type SourceName, sources } from '@tessera/base';
import type { EventLog, Json, TenantWorld, Versioned, World } from '../../world.ts';
import { instant } from '../standing.ts';
import { type Recorded, readRecordings } from './recordings.ts';
import { streamOf } from './streams.ts';

export interface Replay {
  readonly world: World;
  /** Files with objects that no endpoint serves, and how many. */
  readonly unserved: Readonly<Record<string, number>>;
}

/**
 * The tenants of `world` with the vendor data of a folder: `<folder>/<vendor>/…`, or `<folder>/<tenant>/<vendor>/…` where the tenant has a folder
 * of its own. Throws REPLAY_UNREADABLE for a folder without a vendor's folder, and for a file that is not JSON.
 */
export function replayWorld(world: World, folder: string): Replay {
  const unserved: Record<string, number> = {};
  const shared = new Map<string, TenantWorld>();
  const tenants = world.tenants.map((tenant) => {
    const own = path.join(folder, tenant.tenant);
    const root = existsSync(own) ? own : folder;
    const done = shared.get(root) ?? recorded(tenant, root, world.asOf, unserved);
    shared.set(root, done);
    const { okta, intune, jamf, elasticsearch, jira } = done;
    return { ...tenant, okta, intune, jamf, elasticsearch, jira };
  });
  return { world: { ...world, tenants }, unserved };
}

function recorded(tenant: TenantWorld, root: string, asOf: Date, unserved: Record<string, number>): TenantWorld {
  if (!sources.some((source) => existsSync(path.join(root, source))))
    throw new Fault('REPLAY_UNREADABLE', { file: root, problem: `there is no folder ${sources.join(', ')} in it` });
  const found = new Map<string, Recorded[]>();
  for (const source of sources)
    for (const one of readRecordings(path.join(root, source))) {
      const stream = streamOf(source, one.record);
      const key = `${source}/${stream}`;
      if (stream === undefined) unserved[`${source}/${one.file}`] = (unserved[`${source}/${one.file}`] ?? 0) + 1;
      else found.set(key, [...(found.get(key) ?? []), one]);
    }
  const take = (source: SourceName, stream: string) => found.get(`${source}/${stream}`) ?? [];
  const kept = (source: SourceName, stream: string, id = 'id') => versioned(take(source, stream), id, asOf);
  const users = kept('okta', 'users');
  const issues = kept('jira', 'issues');
  return {
    ...tenant,
    okta: {
      users,
      factors: factorsOf(take('okta', 'factors'), users, asOf),
      groups: kept('okta', 'groups'),
      members: new Map(),
      log: logOf(
        take('okta', 'log').map(({ record }) => record),
        asOf,
        'published',
      ),
    },
    intune: {
      devices: kept('intune', 'devices'),
      policies: kept('intune', 'policies'),
      users: kept('intune', 'users'),
    },
    jamf: { computers: kept('jamf', 'computers'), mobileDevices: kept('jamf', 'mobileDevices', 'mobileDeviceId') },
    elasticsearch: {
      documents: logOf(
        take('elasticsearch', 'documents').map(({ record }) => document(record)),
        asOf,
        undefined,
      ),
    },
    jira: {
      issues,
      changelogs: changelogsOf(take('jira', 'changelogPages'), take('jira', 'histories'), issues),
      projects: kept('jira', 'projects'),
      users: kept('jira', 'users', 'accountId'),
      statuses: kept('jira', 'statuses').map(({ versions }) => versions.at(-1)?.record ?? {}),
    },
  };
}

/**
 * A repeated id is a later version of the record, a week after the one before, the last one at `asOf`: no vendor lists an id twice, and the demo's weekly
 * syncs see each version. A record may lack its id: that is for the product to deal with.
 */
function versioned(list: readonly Recorded[], idMember: string, asOf: Date): Versioned<Json>[] {
  const byId = new Map<string, Json[]>();
  for (const [i, { record }] of list.entries()) {
    const id = `${record[idMember] ?? `recorded-${i}`}`;
    byId.set(id, [...(byId.get(id) ?? []), record]);
  }
  const weeksBefore = (weeks: number) => new Date(asOf.getTime() - weeks * 7 * 86_400_000).toISOString();
  return [...byId].map(([id, records]) => ({
    id,
    versions: records.map((record, i) => ({ from: i === 0 ? '0000' : weeksBefore(records.length - 1 - i), record })),
  }));
}

/** Stored just before the end of the world, in the order of the recording, so that a first poll of any length finds them. */
function logOf(records: readonly Json[], asOf: Date, timeMember: string | undefined): EventLog {
  const texts = records.map((record) => JSON.stringify(record));
  const persisted = asOf.getTime() - 60_000;
  return {
    length: texts.length,
    persistedAt: () => persisted,
    occurredAt: (i) => (timeMember === undefined ? undefined : instant(records[i]?.[timeMember])) ?? persisted,
    json: (i) => texts[i] ?? '',
  };
}

const document = ({ _index, _id, _source }: Json): Json => ({ _index, _id, _source });

/** By the user in the recorded URL or in the factor's links, else the first user. */
function factorsOf(
  list: readonly Recorded[],
  users: readonly Versioned<Json>[],
  asOf: Date,
): ReadonlyMap<string, Versioned<Json>[]> {
  const known = new Set(users.map(({ id }) => id));
  const byUser = new Map<string, Recorded[]>();
  for (const one of list) {
    const named = /\/users\/([^/?]+)/.exec(`${one.url ?? ''} ${JSON.stringify(one.record._links ?? '')}`)?.[1];
    const user = named !== undefined && known.has(named) ? named : users[0]?.id;
    if (user !== undefined) byUser.set(user, [...(byUser.get(user) ?? []), one]);
  }
  return new Map([...byUser].map(([user, factors]) => [user, versioned(factors, 'id', asOf)]));
}

/** Histories come with their issue, as pages of one issue, or alone with the issue in their URL. */
function changelogsOf(
  pages: readonly Recorded[],
  alone: readonly Recorded[],
  issues: readonly Versioned<Json>[],
): ReadonlyMap<string, readonly Json[]> {
  const byIssue = new Map<string, Map<string, Json>>();
  const add = (issue: string, histories: unknown) => {
    const kept = byIssue.get(issue) ?? new Map<string, Json>();
    for (const history of Array.isArray(histories) ? (histories as Json[]) : []) kept.set(`${history.id}`, history);
    byIssue.set(issue, kept);
  };
  const idOf = new Map<string, string>();
  for (const { id, versions } of issues)
    for (const { record } of versions) {
      idOf.set(`${record?.key}`, id);
      add(id, (record?.changelog as Json | undefined)?.histories);
    }
  for (const { record } of pages) add(`${record.issueId}`, (record.changelogPage as Json).values);
  for (const { record, url } of alone) {
    const named = /\/issue\/([^/]+)\/changelog/.exec(url ?? '')?.[1] ?? '';
    add(idOf.get(named) ?? named, [record]);
  }
  const created = (history: Json) => instant(history.created) ?? 0;
  return new Map([...byIssue].map(([id, kept]) => [id, [...kept.values()].sort((a, b) => created(a) - created(b))]));
}
