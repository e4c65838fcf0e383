// Aggregate functions over measures: which of them mean the measure, and what computes it from the rows that are fetched.
import type { SemanticColumn } from '../contract.ts';

type Aggregate = NonNullable<SemanticColumn['aggregate']>;

/** Which kinds of measure each function of SQL means, besides MEASURE(), which means all. */
const means: Readonly<Record<string, readonly Aggregate[]>> = {
  count: ['count', 'number'],
  'count distinct': ['count_distinct', 'number'],
  approx_distinct: ['count_distinct', 'number'],
  sum: ['sum', 'count', 'number'],
  avg: ['avg', 'number'],
  min: ['min', 'number'],
  max: ['max', 'number'],
};

export function meansMeasure(name: string, distinct: boolean, column: SemanticColumn): boolean {
  if (name === 'measure') return !distinct;
  const kinds = means[distinct ? `${name} distinct` : name];
  if (kinds === undefined || column.aggregate === undefined || !kinds.includes(column.aggregate)) return false;
  // count() gives whole numbers; another type would be rounded.
  return !/^(count|approx_distinct)$/.test(name) || column.type === 'int8';
}

/** How many fetched rows may lie in a group: one, or more of them that are added up; `repeated` by a join as plain SQL has it. */
export type Grouping = 'one' | 'many' | 'repeated';

/**
 * The schema whose aggregate of the same name computes the measure, '' where PostgreSQL's own does, undefined where nothing does exactly.
 * Its name stays, so that the result's column is called as the client expects.
 */
export function schemaFor(name: string, column: SemanticColumn, grouping: Grouping): string | undefined {
  const whole = column.type === 'int8';
  if (grouping === 'one')
    return whole && (name === 'sum' || name === 'avg') ? countsFromZero(name, column) : 'door_one';
  if (grouping === 'repeated' && name === 'measure') return undefined;
  if (column.additive === 'sum') {
    if (column.aggregate === 'count') return 'door_count';
    if (name === 'sum') return whole ? '' : 'door_sum';
    return name === 'measure' || name === 'count' ? 'door_sum' : undefined;
  }
  if (column.additive === undefined) return undefined;
  if (name === column.additive) return '';
  return name === 'measure' ? `door_${column.additive}` : undefined;
}

function countsFromZero(name: string, column: SemanticColumn): string {
  return name === 'sum' && column.aggregate === 'count' && column.additive === 'sum' ? 'door_count' : '';
}
