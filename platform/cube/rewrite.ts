// The rewrite: tenant and rows of the caller as outermost conjuncts of every query, masks beside them, and all of it out of the echo again.
import { Fault, type Tenant } from '@tessera/base';
import type { Rights } from '@tessera/security';

export interface RewritableQuery {
  readonly measures?: readonly unknown[] | undefined;
  readonly dimensions?: readonly unknown[] | undefined;
  readonly segments?: readonly unknown[] | undefined;
  readonly timeDimensions?: readonly { readonly dimension?: unknown }[] | undefined;
  readonly filters?: readonly unknown[] | undefined;
  readonly order?: unknown;
}

/** Members that hold the tenant, by view. */
export type TenantMembers = Readonly<Record<string, readonly string[]>>;

export interface Conjunct {
  readonly member: string;
  readonly operator: 'equals';
  readonly values: readonly string[];
}

/**
 * `tenant = …` on every cube behind every view that the query touches, and the caller's row filters. The engine holds only the tenant's files anyway; this is
 * the second lock. A query that touches no view, or an unknown one, and a filter without values are refused rather than left open.
 */
export function conjunctsFor(
  query: RewritableQuery,
  tenant: Tenant,
  rows: Rights['rows'],
  members: TenantMembers,
): readonly Conjunct[] {
  const views = viewsOf(query);
  if (views.length === 0) throw new Fault('QUERY_INVALID', { at: 'query', problem: 'it asks for no member' });
  const tenants = views.flatMap((view) => {
    const found = Object.hasOwn(members, view) ? members[view] : undefined;
    if (!found?.length) throw new Fault('QUERY_MEMBER_UNKNOWN', { members: [view] });
    return found.map((member) => ({ member, values: [tenant] as const }));
  });
  const filters = views.flatMap((view) => (Object.hasOwn(rows, view) ? (rows[view] ?? []) : []));
  return [...tenants, ...filters].map(({ member, values }) => {
    const isValue = (value: unknown) => typeof value === 'string' && value.length > 0;
    if (values.length === 0 || !values.every(isValue)) throw new Fault('INTERNAL', {});
    return { member, operator: 'equals', values };
  });
}

export const withConjuncts = <Q extends RewritableQuery>(query: Q, conjuncts: readonly Conjunct[]): Q => ({
  ...query,
  filters: [...conjuncts, ...(query.filters ?? [])],
});

/** The filters as the caller wrote them: ours are the first. */
export const withoutConjuncts = (filters: readonly unknown[], conjuncts: readonly Conjunct[]): readonly unknown[] =>
  filters.slice(conjuncts.length);

/**
 * What Cube is told to show as its token. Whatever of the view is masked for this caller is named, used or not. A masked member that the model has no token
 * for is denied: Cube would show something else in its place.
 */
export function masksFor(
  query: RewritableQuery,
  { masked }: Pick<Rights, 'masked'>,
  maskedBy: ReadonlyMap<string, readonly string[]>,
): readonly { readonly member: string }[] {
  const views = new Set(viewsOf(query));
  const hit = [...masked].filter((name) => views.has(name.split('.')[0] ?? '')).sort();
  const bare = hit.filter((name) => !maskedBy.has(name) && membersOf(query).includes(name));
  if (bare.length > 0) throw new Fault('MEMBER_DENIED', { members: bare, rule: 'masked' });
  return hit.flatMap((name) => maskedBy.get(name) ?? []).map((member) => ({ member }));
}

const viewsOf = (query: RewritableQuery): string[] => [
  ...new Set(membersOf(query).map((name) => name.split('.')[0] ?? '')),
];

/** Names of all members, each once, whatever their position. */
export function membersOf({
  measures,
  dimensions,
  segments,
  timeDimensions,
  filters,
  order,
}: RewritableQuery): string[] {
  const plain = [...(measures ?? []), ...(dimensions ?? []), ...(segments ?? [])];
  const times = (timeDimensions ?? []).map((time) => time.dimension);
  const ordered = Array.isArray(order)
    ? order.map((entry) => (Array.isArray(entry) ? entry[0] : entry?.id))
    : Object.keys(order ?? {});
  const names = [...plain, ...times, ...ordered]
    .filter((name) => typeof name === 'string')
    .concat((filters ?? []).flatMap(membersOfFilter));
  return [...new Set(names.map((name) => name.split('.').slice(0, 2).join('.')))];
}

function membersOfFilter(filter: unknown): string[] {
  const { member, dimension, and, or } = filter as Readonly<Record<string, unknown>>;
  const nested = [and, or].flatMap((list) => (Array.isArray(list) ? list.flatMap(membersOfFilter) : []));
  return [member, dimension].filter((name) => typeof name === 'string').concat(nested);
}
