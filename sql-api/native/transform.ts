// Rows of the database → `data` of an answer, in the three response formats; refuses members that the caller may not see.
import { formatCell } from './cell.ts';
import type { NormalizedQuery, TransformData } from './query-result.ts';
import type { Cell, Table } from './table.ts';

export type ResultData =
  | readonly Readonly<Record<string, unknown>>[]
  | { readonly members: readonly string[]; readonly dataset: readonly (readonly unknown[])[] }
  | { readonly members: readonly string[]; readonly columns: readonly (readonly unknown[])[] };

/** One output column: its name and the finished values. */
interface Column {
  readonly member: string;
  readonly values: readonly unknown[];
}

/** Finest first; anything else (a custom granularity) is coarser than all. */
const granularities = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
const coarseness = (granularity: string) => {
  const place = granularities.indexOf(granularity);
  return place < 0 ? granularities.length : place;
};

/** Throws where a column belongs to no member, or to one that is not in the annotation. */
export function transformTable(transform: TransformData, table: Table): ResultData {
  const columns = table.members.length > 0 ? visibleColumns(transform, table) : checkEmpty(transform);
  const length = table.columns[0]?.length ?? 0;
  const all = [
    ...columns,
    ...baseTimeColumns(transform.query, columns),
    ...syntheticColumns(transform, table, columns),
  ];
  const shape = shapes[transform.resType ?? 'default'] ?? asRows;
  return shape(all, length);
}

function visibleColumns({ aliasToMemberNameMap, annotation }: TransformData, table: Table): Column[] {
  return table.members.map((alias, at) => {
    const member = Object.hasOwn(aliasToMemberNameMap, alias) ? aliasToMemberNameMap[alias] : undefined;
    if (member === undefined) throw new Error(`Member name not found for alias: '${alias}'`);
    const type = annotationOf(annotation, member).type;
    return { member, values: (table.columns[at] ?? []).map((value) => formatCell(value, type)) };
  });
}

/** Without rows there are no columns to check, so the query's own members are: an empty answer must not confirm a hidden member. */
function checkEmpty({ query, annotation }: TransformData): Column[] {
  const times = (query.timeDimensions ?? []).filter((time) => time.granularity);
  const asked = [
    ...(query.measures ?? []),
    ...(query.dimensions ?? []),
    ...times.map((time) => `${time.dimension}.${time.granularity}`),
  ];
  for (const member of asked) annotationOf(annotation, member);
  return [];
}

function annotationOf(annotation: TransformData['annotation'], member: string): { readonly type?: string } {
  const found = Object.hasOwn(annotation, member) ? annotation[member] : undefined;
  if (found) return found;
  throw new Error(
    `You requested hidden member: '${member}'. Please make it visible using \`public: true\`. Please note primaryKey fields are \`public: false\` by default: https://docs.cube.dev/reference/data-modeling/joins#setting-a-primary-key.`,
  );
}

/** `orders.created_at.month` also answers as `orders.created_at`; of several granularities the finest, of equals the later. */
function baseTimeColumns(query: NormalizedQuery, columns: readonly Column[]): Column[] {
  const chosen = new Map<string, { readonly rank: number; readonly column: Column }>();
  for (const column of columns) {
    const [cube, name, granularity] = column.member.split('.');
    const member = `${cube}.${name}`;
    if (granularity === undefined || query.dimensions?.includes(member)) continue;
    const rank = coarseness(granularity);
    const before = chosen.get(member);
    if (!before || rank <= before.rank) chosen.set(member, { rank, column: { member, values: column.values } });
  }
  return [...chosen.values()].map(({ column }) => column);
}

function syntheticColumns(transform: TransformData, table: Table, columns: readonly Column[]): Column[] {
  const [time] = transform.query.timeDimensions ?? [];
  const length = table.columns[0]?.length ?? 0;
  if (length === 0 || !time) return [];
  if (transform.queryType === 'compareDateRangeQuery') {
    const range = typeof time.dateRange === 'string' ? [time.dateRange] : (time.dateRange ?? []);
    return [{ member: 'compareDateRange', values: Array.from({ length }, () => range.join(' - ')) }];
  }
  if (transform.queryType === 'blendingQuery' && time.granularity) {
    const at = columns.findIndex((column) => column.member === `${time.dimension}.${time.granularity}`);
    // Compact and columnar answers carry the database's own value here: the synthetic name has no annotation to format by.
    const isFormatted = (transform.resType ?? 'default') === 'default';
    const values: readonly Cell[] | undefined = isFormatted ? columns[at]?.values : table.columns[at];
    return values ? [{ member: `time.${time.granularity}`, values: values.map((value) => value ?? null) }] : [];
  }
  return [];
}

type Shape = (columns: readonly Column[], length: number) => ResultData;
const namesOf = (columns: readonly Column[]) => columns.map((column) => column.member);

const asRows: Shape = (columns, length) =>
  Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(({ member, values }) => [member, values[row] ?? null])),
  );

const shapes: Readonly<Record<string, Shape>> = {
  default: asRows,
  compact: (columns, length) => ({
    members: namesOf(columns),
    dataset: Array.from({ length }, (_, row) => columns.map(({ values }) => values[row] ?? null)),
  }),
  columnar: (columns) => ({ members: namesOf(columns), columns: columns.map(({ values }) => values) }),
};
