// Questions of every kind that fast-check can think of: all members in all positions, valid and not, by every door.
import type { Catalogue } from '@tessera/security';
import fc from 'fast-check';
import { hiddenMembers, model } from './walls.ts';
import { canary, marked, twin } from './world.ts';

const { catalogue }: { readonly catalogue: Catalogue } = model;
export const views = Object.keys(catalogue);

interface Names {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly times: readonly string[];
  readonly typed: ReadonlyMap<string, string>;
}
export const namesOf = (view: string): Names => {
  const all = Object.entries(catalogue[view]?.members ?? {});
  const of = (kind: string) => all.filter(([, member]) => member.kind === kind).map(([name]) => `${view}.${name}`);
  return {
    measures: of('measure'),
    dimensions: of('dimension'),
    times: all
      .filter(([, { kind, type }]) => kind === 'dimension' && type === 'time')
      .map(([name]) => `${view}.${name}`),
    typed: new Map(all.map(([name, { kind, type }]) => [`${view}.${name}`, kind === 'measure' ? 'number' : type])),
  };
};

/** Values that rows of the asker have, that rows of the others have, and that try to be more than a value. */
export const texts = fc.constantFrom(
  'IT',
  'US',
  'DE',
  "O'Hara",
  'success',
  'noncompliant',
  'k1',
  'k3',
  'p1@shared.example',
  'acme-corp',
  'acme-corp-hq',
  'acme-corp-lab',
  marked,
  twin,
  `${canary}-dim_user-department-30`,
  "' OR 1=1 --",
  '$' + '{CUBE}',
  '%',
  '_',
  '',
  'tenant_id',
);
const days = fc.constantFrom('2026-01-01', '2026-01-05', '2026-01-12', '2026-01-20');
const ranges = fc.oneof(
  fc.tuple(days, days).map(([a, b]) => (a < b ? [a, b] : [b, a])),
  fc.constantFrom('2026-01-03', 'last 5000 days', 'this year'),
);
const granularities = fc.constantFrom('day', 'week', 'month', 'quarter', 'year', undefined);
const some = <T>(list: readonly T[], most: number) =>
  list.length === 0 ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...list), { maxLength: most });

const valueFor: Readonly<Record<string, fc.Arbitrary<object>>> = {
  string: fc.oneof(
    fc.record({
      operator: fc.constantFrom('equals', 'notEquals', 'contains', 'notContains', 'startsWith', 'endsWith'),
      values: fc.array(texts, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ operator: fc.constantFrom('set', 'notSet') }),
  ),
  number: fc.record({
    operator: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'equals', 'notEquals'),
    values: fc.constantFrom(['0'], ['3'], ['10.5'], ['1000003']),
  }),
  boolean: fc.record({
    operator: fc.constantFrom('equals', 'notEquals'),
    values: fc.constantFrom(['true'], ['false']),
  }),
  time: fc.oneof(
    fc.record({
      operator: fc.constantFrom('inDateRange', 'notInDateRange'),
      values: fc.tuple(days, days).map((d) => d.toSorted()),
    }),
    fc.record({ operator: fc.constantFrom('beforeDate', 'afterOrOnDate'), values: days.map((day) => [day]) }),
  ),
};

const filtersOf = ({ typed, measures, dimensions }: Names, kind: 'measures' | 'dimensions'): fc.Arbitrary<object> => {
  const list = kind === 'measures' ? measures : dimensions;
  const leaf = fc
    .constantFrom(...(list.length > 0 ? list : dimensions))
    .chain((member) =>
      (valueFor[typed.get(member) ?? 'string'] ?? fc.constant({})).map((rest) => ({ member, ...rest })),
    );
  return fc.letrec<{ tree: object }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      leaf,
      fc.record({ and: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ or: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    ),
  })).tree;
};

/** A query that the gate lets through for somebody who may see everything; not every one has an answer that Cube can compute. */
const soundOn = (among: readonly string[]) =>
  fc.constantFrom(...among).chain((view) => {
    const names = namesOf(view);
    return fc
      .record({
        measures: some(names.measures, 3),
        dimensions: some(names.dimensions, 2),
        timeDimensions: fc.oneof(
          { weight: 2, arbitrary: fc.constant([]) },
          ...(names.times.length > 0
            ? [
                {
                  weight: 2,
                  arbitrary: fc
                    .record({
                      dimension: fc.constantFrom(...names.times),
                      granularity: granularities,
                      dateRange: fc.option(ranges, { nil: undefined }),
                    })
                    .map((time) => [time]),
                },
                {
                  weight: 1,
                  arbitrary: fc
                    .record({
                      dimension: fc.constantFrom(...names.times),
                      granularity: granularities,
                      compareDateRange: fc.array(
                        fc.tuple(days, days).map((d) => d.toSorted()),
                        { minLength: 1, maxLength: 2 },
                      ),
                    })
                    .map((time) => [time]),
                },
              ]
            : []),
        ),
        filters: fc.oneof(
          fc.constant([]),
          fc.array(filtersOf(names, 'dimensions'), { maxLength: 3 }),
          fc.array(filtersOf(names, 'measures'), { maxLength: 1 }),
        ),
        limit: fc.constantFrom(undefined, undefined, 0, 1, 5, 1000),
        offset: fc.constantFrom(undefined, undefined, 1, 7),
        total: fc.constantFrom(undefined, undefined, true),
        timezone: fc.constantFrom(undefined, undefined, undefined, 'UTC', 'UTC', 'Asia/Kolkata'),
      })
      .chain((query) => {
        const named = [...query.measures, ...query.dimensions];
        // Ties of an order are nobody's: with all dimensions in it there are none.
        const order = named.length === 0 ? fc.constant(undefined) : fc.option(orderOf(named), { nil: undefined });
        return order.map((way): Record<string, unknown> => ({ ...query, ...(way ? { order: way } : {}) }));
      });
  });
const sound = soundOn(views);
const orderOf = (named: readonly string[]) =>
  fc
    .array(fc.constantFrom('asc', 'desc'), { minLength: named.length, maxLength: named.length })
    .map((ways) => named.map((name, at) => [name, ways[at]]));

const foreign = fc.constantFrom(
  'users.tenant_id',
  'dim_user.tenant_id',
  'dim_user.user_count',
  'fact_issue.tenant_id',
  'planets.count',
  'users.email_token',
  'users.key_user_key',
  'auth_attempts.org_id.month',
  'issues.mttr_hours',
  'users.user_count',
  'users.__proto__',
);
/** Ways to spoil a sound query: hidden and absent members anywhere, what the closed schema has no word for, other views, other types. */
const spoils: readonly fc.Arbitrary<(query: Record<string, unknown>) => Record<string, unknown>>[] = [
  foreign.map((name) => (query) => ({ ...query, measures: [name] })),
  foreign.map((name) => (query) => ({ ...query, dimensions: [...((query.dimensions as string[]) ?? []), name] })),
  foreign.map((name) => (query) => ({ ...query, segments: [name] })),
  fc.tuple(foreign, texts).map(([member, value]) => (query) => ({
    ...query,
    filters: [{ or: [{ and: [{ member, operator: 'equals', values: [value] }] }] }],
  })),
  foreign.map((name) => (query) => ({ ...query, order: { [name]: 'desc' } })),
  foreign.map((name) => (query) => ({ ...query, timeDimensions: [{ dimension: name, granularity: 'day' }] })),
  fc
    .constantFrom<Record<string, unknown>[]>(
      { ungrouped: true },
      { joinHints: [['users', 'devices']] },
      { subqueryJoins: [{ sql: 'select * from dim_user' }] },
      { filters: [], measures: 'users.user_count' },
      { filters: [{ or: [] }] },
      { filters: [{ member: 'users.department', operator: 'equals', values: [] }] },
      { filters: [{ member: 'users.department', operator: 'equals', values: [null] }] },
      { renewQuery: true },
      { limit: -1 },
      { limit: 1e9 },
      { limit: '1' },
      { timezone: "UTC'; select 1 --" },
      { maskedMembers: [] },
      { securityContext: { tenant: marked } },
      { measures: [{ name: 'x', expression: ['return 1'] }] },
      { timeDimensions: [{ dimension: 'users.created_at', dateRange: ['2026-02-30', '2026-03-01'] }] },
    )
    .map((more) => (query) => ({ ...query, ...more })),
];
const spoiled = fc.tuple(sound, fc.oneof(...spoils)).map(([query, spoil]) => spoil(query));
/** Mostly sound and of these views; some spoiled, or of others. */
export const queriesOn = (among: readonly string[]): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.oneof(
    { weight: 6, arbitrary: soundOn(among) },
    { weight: 1, arbitrary: sound },
    { weight: 1, arbitrary: spoiled },
  );

/** What a gate that is down lets through: the hidden members themselves. */
export const hidden: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc
  .tuple(fc.constantFrom(...hiddenMembers), fc.constantFrom(marked, twin, 'acme-corp', undefined))
  .map(([member, value]) => ({
    dimensions: [member],
    filters: value === undefined ? [] : [{ or: [{ member, operator: 'equals', values: [value] }] }],
  }));

/** The same kind of questions as GraphQL documents. */
export const documents: fc.Arbitrary<string> = fc.constantFrom(...views).chain((view) => {
  const { measures, dimensions, typed } = namesOf(view);
  const field = (name: string) => name.slice(view.length + 1) + (typed.get(name) === 'time' ? ' { value month }' : '');
  const filterable = dimensions.filter((name) => typed.get(name) === 'string');
  return fc
    .record({
      named: fc.tuple(some(measures, 2), some(dimensions, 2)).map((lists) => lists.flat()),
      where: fc.option(
        fc.tuple(fc.constantFrom(...filterable), fc.constantFrom('equals', 'notEquals', 'contains'), texts),
      ),
      limit: fc.option(fc.constantFrom(1, 5, 100)),
      stranger: fc.option(fc.constantFrom('tenant_id', 'planets', '__typename'), { freq: 8 }),
    })
    .map(({ named, where, limit, stranger }) => {
      const condition =
        where && `where: { ${view}: { ${field(where[0])}: { ${where[1]}: ${JSON.stringify([where[2]])} } } }`;
      const given = [condition, limit && `limit: ${limit}`].filter(Boolean).join(', ');
      const fields = [...named.map(field), ...(stranger ? [stranger] : [])].join(' ');
      return `{ cube${given ? `(${given})` : ''} { ${view} { ${fields || 'x'} } } }`;
    });
});

export const soundQueries: fc.Arbitrary<Readonly<Record<string, unknown>>> = sound;
export const queries: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 1, arbitrary: sound },
  { weight: 1, arbitrary: spoiled },
);

const isMeasure = (name: unknown) => model.members.measures.has(String(name));
/** A question about single rows, as the SQL door asks it: rows have no measures, so none is asked, compared or ordered by. */
export function asAskedFor(how: string, query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (how !== 'rows') return query;
  const { measures: _, filters, order, ...rest } = query;
  const named = JSON.stringify(filters ?? []).match(/[a-z_]+\.[a-z_]+/g) ?? [];
  return {
    ...rest,
    filters: named.some(isMeasure) ? [] : filters,
    ...(Array.isArray(order) ? { order: order.filter((entry: unknown) => !isMeasure((entry as unknown[])[0])) } : {}),
  };
}
