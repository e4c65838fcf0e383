// The gate before Cube: a query in the closed schema, every member in every position one that the caller may see.
import { Fault } from '@tessera/base';
import { type LoadRequest, loadRequestSchema, type Query, type QueryFilter } from './query-schema.ts';

/** What the caller may see: full member names (`view.name`). */
export interface VisibleMembers {
  readonly measures: ReadonlySet<string>;
  readonly dimensions: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
}

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

/** Refuses with QUERY_MEMBER_UNKNOWN (the same text for hidden and absent) or QUERY_ZONE_REFUSED. */
export function checkQuery(query: Query, visible: VisibleMembers): void {
  const filters = membersOfFilters(query.filters ?? []);
  const ordered = Array.isArray(query.order) ? query.order.map(([name]) => name) : Object.keys(query.order ?? {});
  const times = (query.timeDimensions ?? []).map((time) => time.dimension);
  const selected = (query.dimensions ?? []).map(withoutGranularity);
  const isField = (name: string) => visible.measures.has(name) || visible.dimensions.has(name);
  const unknown = [
    ...(query.measures ?? []).filter((name) => !visible.measures.has(name)),
    ...[...selected, ...times].filter((name) => !visible.dimensions.has(name)),
    ...(query.segments ?? []).filter((name) => !visible.segments.has(name)),
    ...[...filters, ...ordered.map(withoutGranularity)].filter((name) => !isField(name)),
  ];
  if (unknown.length > 0) throw new Fault('QUERY_MEMBER_UNKNOWN', { members: [...new Set(unknown)] });

  if ((query.timezone ?? 'UTC') === 'UTC') return;
  const day = [...selected, ...times, ...filters].find((name) => name.endsWith('_on'));
  if (day) throw new Fault('QUERY_ZONE_REFUSED', { member: day });
}

/** `view.name.granularity` → `view.name`. */
const withoutGranularity = (name: string) => name.split('.').slice(0, 2).join('.');

function membersOfFilters(filters: readonly QueryFilter[]): string[] {
  return filters.flatMap((filter) => {
    if ('and' in filter) return membersOfFilters(filter.and);
    if ('or' in filter) return membersOfFilters(filter.or);
    return ['member' in filter ? filter.member : filter.dimension];
  });
}

/** All queries of a request pass, or the first fault is thrown. */
export function gateLoadRequest(body: unknown, visible: VisibleMembers): LoadRequest {
  const request = parseLoadRequest(body);
  for (const query of Array.isArray(request.query) ? request.query : [request.query]) checkQuery(query, visible);
  return request;
}
