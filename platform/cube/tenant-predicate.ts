// The tenant predicate: added as the outermost conjunct to every query, and taken out of the echo. The engine holds only the tenant's files anyway; this is the second lock.
import { Fault, type Tenant } from '@tessera/base';

export interface RewritableQuery {
  readonly measures?: readonly unknown[];
  readonly dimensions?: readonly unknown[];
  readonly segments?: readonly unknown[];
  readonly timeDimensions?: readonly { readonly dimension?: unknown }[];
  readonly filters?: readonly unknown[];
  readonly order?: unknown;
}

/** Members that hold the tenant, by view. */
export type TenantMembers = Readonly<Record<string, readonly string[]>>;

/** Adds `tenant = …` on every cube behind every view that the query touches. A query that touches none, or an unknown one, is refused. */
export function withTenantPredicate<Q extends RewritableQuery>(query: Q, tenant: Tenant, members: TenantMembers): Q {
  const views = new Set(membersOf(query).map((name) => name.split('.')[0] ?? ''));
  if (views.size === 0) throw new Fault('QUERY_INVALID', { at: 'query', problem: 'it asks for no member' });
  const holders = [...views].flatMap((view) => {
    const found = Object.hasOwn(members, view) ? members[view] : undefined;
    if (!found?.length) throw new Fault('QUERY_MEMBER_UNKNOWN', { members: [view] });
    return found;
  });
  const predicate = [...new Set(holders)].map((member) => ({ member, operator: 'equals', values: [tenant] }));
  return { ...query, filters: [...predicate, ...(query.filters ?? [])] };
}

function membersOf({ measures, dimensions, segments, timeDimensions, filters }: RewritableQuery): string[] {
  const plain = [...(measures ?? []), ...(dimensions ?? []), ...(segments ?? [])];
  const times = (timeDimensions ?? []).map((time) => time.dimension);
  return [...plain, ...times]
    .filter((name) => typeof name === 'string')
    .concat((filters ?? []).flatMap(membersOfFilter));
}

function membersOfFilter(filter: unknown): string[] {
  const { member, dimension, and, or } = filter as Readonly<Record<string, unknown>>;
  const nested = [and, or].flatMap((list) => (Array.isArray(list) ? list.flatMap(membersOfFilter) : []));
  return [member, dimension].filter((name) => typeof name === 'string').concat(nested);
}

export function withoutTenantPredicate(filters: readonly unknown[], members: ReadonlySet<string>): readonly unknown[] {
  return filters.filter((filter) => !members.has(String((filter as { member?: unknown }).member)));
}
