// The closed schema of a Cube query: keys that we do not serve (ungrouped, joinHints, subqueryJoins, expressions, …) are refused before Cube sees them.
import { z } from 'zod';
import { isForward, isInstant, isWords } from './calendar.ts';

const member = z.string().regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, 'a member is view.name');
/** A dimension may carry a granularity: `auth_attempts.started_on.month`. */
const granularDimension = z
  .string()
  .regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/, 'a dimension is view.name or view.name.granularity');
const members = z.array(member).max(50);
const text = z.string().max(1000);
const values = z.array(text.nullable()).max(1000);

/** Operators with the values that they take; nothing that would make an empty list mean "all". */
const operatorsWithValues = [
  'equals',
  'notEquals',
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'gt',
  'gte',
  'lt',
  'lte',
  'inDateRange',
  'notInDateRange',
  'beforeDate',
  'beforeOrOnDate',
  'afterDate',
  'afterOrOnDate',
] as const;
const operatorsWithoutValues = ['set', 'notSet'] as const;

const memberFilter = z.union([
  z.strictObject({ member, operator: z.enum(operatorsWithValues), values: values.min(1) }),
  z.strictObject({ dimension: member, operator: z.enum(operatorsWithValues), values: values.min(1) }),
  z.strictObject({ member, operator: z.enum(operatorsWithoutValues), values: values.max(0).optional() }),
  z.strictObject({ dimension: member, operator: z.enum(operatorsWithoutValues), values: values.max(0).optional() }),
]);
export type MemberFilter = z.infer<typeof memberFilter>;
export type QueryFilter = MemberFilter | { and: QueryFilter[] } | { or: QueryFilter[] };

const maxFilterDepth = 8;
function filterOfDepth(depth: number): z.ZodType<QueryFilter> {
  if (depth === 0) return memberFilter;
  const list = z
    .array(z.lazy(() => filterOfDepth(depth - 1)))
    .min(1)
    .max(50);
  return z.union([memberFilter, z.strictObject({ and: list }), z.strictObject({ or: list })]);
}

/** A date or an instant that exists; Cube would hand others on to the engine. */
const instant = z.string().refine(isInstant, 'not a day or instant of the calendar (YYYY-MM-DD, YYYY-MM-DDTHH:mm:ss)');
/** Two ends, or words such as `last 30 days`. */
const dateRange = z.union([
  z.string().refine((text) => isWords(text) || isInstant(text), 'not words such as last 30 days'),
  z.array(instant).min(1).max(2).refine(isForward, 'the range ends before it begins'),
]);
/** Those that Cube knows by itself. */
export const granularities = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
const timeDimension = z
  .strictObject({
    dimension: member,
    granularity: z.enum(granularities).nullish(),
    dateRange: dateRange.optional(),
    compareDateRange: z.array(dateRange).min(1).max(5).optional(),
  })
  .refine((time) => !(time.dateRange && time.compareDateRange), 'dateRange and compareDateRange exclude each other');

const direction = z.enum(['asc', 'desc']);
const order = z.union([
  z.record(granularDimension, direction),
  z.array(z.tuple([granularDimension, direction])).max(50),
]);

/** Zones that were found to be some: there are hundreds, and each costs as much as the rest of the gate. */
const knownZones = new Set<string>(['UTC']);

/** A name as IANA writes it, current or earlier (`Asia/Kolkata` is not in supportedValuesOf); offsets and free text are none. */
function isZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  if (!/^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Any spelling of the same name is taken; what is remembered stays bounded all the same.
    if (knownZones.size < 2_000) knownZones.add(name);
    return true;
  } catch {
    return false;
  }
}

export const maxRows = 50_000;

export const querySchema = z.strictObject({
  measures: members.optional(),
  dimensions: z.array(granularDimension).max(50).optional(),
  segments: members.optional(),
  timeDimensions: z.array(timeDimension).max(10).optional(),
  filters: z.array(filterOfDepth(maxFilterDepth)).max(50).optional(),
  order: order.optional(),
  limit: z.number().int().min(0).max(maxRows).nullish(),
  rowLimit: z.number().int().min(0).max(maxRows).nullish(),
  offset: z.number().int().min(0).max(10_000_000).optional(),
  total: z.boolean().optional(),
  timezone: z.string().refine(isZone, 'not an IANA time zone').optional(),
  responseFormat: z.enum(['default', 'compact', 'columnar']).optional(),
});
export type Query = z.infer<typeof querySchema>;

/** Body of POST /load and /dry-run, and the query string of their GET. */
export const loadRequestSchema = z.strictObject({
  query: z.union([querySchema, z.array(querySchema).min(1).max(10)]),
  queryType: z.enum(['multi', 'regularQuery']).optional(),
  cache: z.enum(['stale-if-slow', 'stale-while-revalidate', 'must-revalidate', 'no-cache']).optional(),
});
export type LoadRequest = z.infer<typeof loadRequestSchema>;
