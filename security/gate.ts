// The gate before Cube: a query in the closed schema, every member in every position one that the caller may see.
import { Fault } from '@tessera/base';
import { checkFilter, type MemberType } from './filter-values.ts';
import {
  granularities,
  type LoadRequest,
  loadRequestSchema,
  type MemberFilter,
  type Query,
  type QueryFilter,
} from './query-schema.ts';
import type { Rights } from './rights.ts';

/** What the caller may see: full member names (`view.name`). */
export interface VisibleMembers {
  readonly measures: ReadonlySet<string>;
  /** With the type of each; every measure is a number. */
  readonly dimensions: ReadonlyMap<string, MemberType>;
  readonly segments: ReadonlySet<string>;
}

/** What the gate needs of a caller's rights. */
export type Allowed = Pick<Rights, 'members' | 'masked'>;

/** unknown → LoadRequest, or QUERY_INVALID with the place and never the value. */
export function parseLoadRequest(body: unknown): LoadRequest {
  const parsed = loadRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues);
  const problem = issue.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}` : issue.message;
  throw new Fault('QUERY_INVALID', { at: issue.path.map(String).join('.') || 'query', problem });
}

type Issue = { code: string; message: string; path: PropertyKey[]; keys: string[]; errors?: Issue[][] };

/** Of a union's refusals, the one that got furthest: it names what the caller meant to write. */
function deepest(issues: readonly unknown[]): Issue {
  const [first] = issues as readonly Issue[];
  if (!first) return { code: 'custom', message: 'not valid', path: [], keys: [] };
  const inner = (first.errors ?? [])
    .map(deepest)
    .sort((a, b) => b.path.length - a.path.length || a.message.length - b.message.length)[0];
  return inner ? { ...inner, path: [...first.path, ...inner.path] } : first;
}

/**
 * Refuses with MEMBER_DENIED: the same text for hidden and absent, and another where a masked member is named anywhere but among the dimensions, since
 * every other place tells something of the value behind the token. Refuses with QUERY_INVALID where members do not fit each other, their operators or
 * their values, and with QUERY_ZONE_REFUSED. Without masks (members alone) what is not there is QUERY_MEMBER_UNKNOWN.
 */
export function checkQuery(query: Query, allowed: VisibleMembers | Allowed): void {
  const visible = 'members' in allowed ? allowed.members : allowed;
  const filters = (query.filters ?? []).flatMap(filtersWithin);
  const filtered = filters.map(memberOf);
  const ordered = Array.isArray(query.order) ? query.order.map(([name]) => name) : Object.keys(query.order ?? {});
  const times = (query.timeDimensions ?? []).map((time) => time.dimension);
  const granular = [...(query.dimensions ?? []), ...ordered];
  const selected = (query.dimensions ?? []).map(withoutGranularity);
  const isField = (name: string) => visible.measures.has(name) || visible.dimensions.has(name);
  const unknown = [
    ...(query.measures ?? []).filter((name) => !visible.measures.has(name)),
    ...[...selected, ...times].filter((name) => !visible.dimensions.has(name)),
    ...(query.segments ?? []).filter((name) => !visible.segments.has(name)),
    ...[...filtered, ...ordered.map(withoutGranularity)].filter((name) => !isField(name)),
  ];
  if ('members' in allowed) {
    denyMembers(unknown, 'default-deny');
    const elsewhere = [...(query.measures ?? []), ...times, ...(query.segments ?? []), ...filtered, ...ordered];
    denyMembers(elsewhere.map(withoutGranularity).filter(isMasked(allowed)), 'masked');
  } else if (unknown.length > 0) throw new Fault('QUERY_MEMBER_UNKNOWN', { members: [...new Set(unknown)] });

  checkOneView([...(query.measures ?? []), ...selected, ...times, ...filtered, ...ordered, ...(query.segments ?? [])]);
  checkTimes([...times, ...granular.filter((name) => name !== withoutGranularity(name))], visible);
  for (const filter of filters) checkFilter(filter, visible.dimensions.get(memberOf(filter)) ?? 'number');

  if ((query.timezone ?? 'UTC') === 'UTC') return;
  const day = [...selected, ...times, ...filtered].find((name) => name.endsWith('_on'));
  if (day) throw new Fault('QUERY_ZONE_REFUSED', { member: day });
}

const isMasked =
  ({ masked }: Allowed) =>
  (name: string) =>
    masked.has(name);

function denyMembers(members: readonly string[], rule: 'default-deny' | 'masked'): void {
  if (members.length > 0) throw new Fault('MEMBER_DENIED', { members: [...new Set(members)], rule });
}

/** Views do not join; Cube would say so with names from behind them. */
function checkOneView(members: readonly string[]): void {
  const views = [...new Set(members.map((name) => name.split('.')[0]))];
  if (views.length > 1)
    throw new Fault('QUERY_INVALID', {
      at: 'query',
      problem: `its members are of several views (${views.join(', ')}); ask each view alone, in a list of queries if you like`,
    });
}

/** Only a time has a granularity, and only one that there is. */
function checkTimes(names: readonly string[], { dimensions }: VisibleMembers): void {
  for (const name of names) {
    const [view, member, granularity] = name.split('.');
    const problem =
      dimensions.get(`${view}.${member}`) !== 'time'
        ? `${view}.${member} is no time`
        : granularity !== undefined && !granularities.some((known) => known === granularity)
          ? `a granularity is one of ${granularities.join(', ')}`
          : undefined;
    if (problem) throw new Fault('QUERY_INVALID', { at: 'query', problem });
  }
}

/** `view.name.granularity` → `view.name`. */
const withoutGranularity = (name: string) => name.split('.').slice(0, 2).join('.');

const memberOf = (filter: MemberFilter) => ('member' in filter ? filter.member : filter.dimension);

function filtersWithin(filter: QueryFilter): MemberFilter[] {
  if ('and' in filter) return filter.and.flatMap(filtersWithin);
  if ('or' in filter) return filter.or.flatMap(filtersWithin);
  return [filter];
}

/** Every member that a query names, in whatever position, once. */
export function membersNamed(query: Query): string[] {
  const ordered = Array.isArray(query.order) ? query.order.map(([name]) => name) : Object.keys(query.order ?? {});
  const times = (query.timeDimensions ?? []).map((time) => time.dimension);
  const filtered = (query.filters ?? []).flatMap(filtersWithin).map(memberOf);
  const named = [query.measures, query.dimensions, query.segments, times, filtered, ordered].flatMap(
    (list) => list ?? [],
  );
  return [...new Set(named.map(withoutGranularity))];
}

/** All queries of a request pass, or the first fault is thrown. */
export function gateLoadRequest(body: unknown, allowed: VisibleMembers | Allowed): LoadRequest {
  const request = parseLoadRequest(body);
  for (const query of Array.isArray(request.query) ? request.query : [request.query]) checkQuery(query, allowed);
  return request;
}
