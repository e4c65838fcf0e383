// One use of a view: the question for the semantic layer, and the SQL that puts its answer where the view stood.
import type { Query } from '@tessera/security';
import type { ColumnType, SemanticColumn } from '../contract.ts';
import type { Values } from './constant.ts';
import type { FetchedColumn, LargeQuery, ReadQuery, ViewRead } from './contract.ts';
import type { Cut } from './cut.ts';
import type { Decision } from './decide.ts';
import { quoteName } from './edit.ts';
import type { Use } from './expression.ts';
import { type Filter, join, type QueryFilter } from './filter-parts.ts';
import { rowsColumn } from './rewrite-calls.ts';

export interface Fetch {
  readonly use: Use;
  readonly read: ViewRead;
  /** SQL in the view's place. */
  readonly rows: (array: (column: number) => string) => string;
}

export interface FetchPlan {
  readonly decision: Decision;
  readonly filters: readonly Filter[];
  readonly segments: readonly string[];
  readonly cut: Cut;
  readonly maxRows: number;
  /** The level shows one row even where nothing is fetched. */
  readonly always: boolean;
  /** Its rows are looked up by its key. */
  readonly lookedUp: boolean;
  /** Asked by no dimension, where no row must be shown unless there are rows. */
  readonly ifAny: boolean;
}

/** Name of the answer's column that holds a dimension. */
export function memberName(use: Use, name: string): string {
  const granularity = use.needs.get(name)?.granularity ?? 'raw';
  const member = `${use.view.name}.${name}`;
  return granularity === 'raw' ? member : `${member}.${granularity}`;
}

export function fetchOf(use: Use, plan: FetchPlan): Fetch {
  const { view } = use;
  const repeated = plan.decision.mode === 'repeated';
  if (repeated || plan.ifAny) use.countsRows = true;
  const dimensions = view.columns.filter((column) => column.kind === 'dimension' && use.needs.has(column.name));
  const measures = view.columns.filter((column) => column.kind === 'measure' && use.measures.has(column.name));
  const counter = use.countsRows || dimensions.length + measures.length === 0 ? view.rowCount : undefined;
  const columns: FetchedColumn[] = [
    ...dimensions.map((column) => ({ name: column.name, member: memberName(use, column.name), type: column.type })),
    ...measures.map((column) => ({ name: column.name, member: `${view.name}.${column.name}`, type: column.type })),
    ...(counter === undefined ? [] : [{ name: rowsColumn, member: `${view.name}.${counter}`, type: 'int8' as const }]),
  ];
  const asked = {
    dimensions,
    measures: [...new Set([...measures.map((column) => column.name), ...(counter === undefined ? [] : [counter])])],
  };
  return {
    use,
    read: {
      view: view.name,
      columns,
      query: (params, probed) => question(use, plan, asked, counter, { params, probed }),
    },
    rows: (array) => rowsSql(use, plan.decision, columns, counter !== undefined, array),
  };
}

interface Asked {
  readonly dimensions: readonly SemanticColumn[];
  readonly measures: readonly string[];
}

function question(use: Use, plan: FetchPlan, asked: Asked, counter: string | undefined, values: Values): ReadQuery {
  const { view } = use;
  const { cut, decision, maxRows } = plan;
  const repeated = decision.mode === 'repeated';
  const built = join(
    true,
    plan.filters.map((filter) => filter(values)),
  );
  const chosen: QueryFilter[] =
    built === true ? [] : built === false ? impossible(use) : 'and' in built ? [...built.and] : [built];
  // A combination without rows is no row.
  if ((repeated || plan.ifAny) && counter !== undefined)
    chosen.push({ member: `${view.name}.${counter}`, operator: 'gt', values: ['0'] });
  const enough = cut.rows(values);
  const cuts = enough !== undefined && enough <= maxRows;
  const times = asked.dimensions.filter((column) => (use.needs.get(column.name)?.granularity ?? 'raw') !== 'raw');
  const plain = asked.dimensions.filter((column) => !times.includes(column));
  const sorts = asked.dimensions.map((column) => [sortName(use, column.name), 'asc'] as const);
  const order = cuts && cut.order.length > 0 ? [...cut.order, ...sorts] : [];
  const query: Query = {
    ...(asked.measures.length > 0 ? { measures: asked.measures.map((name) => `${view.name}.${name}`) } : {}),
    ...(plain.length > 0 ? { dimensions: plain.map((column) => `${view.name}.${column.name}`) } : {}),
    ...(times.length > 0
      ? {
          timeDimensions: times.map((column) => ({
            dimension: `${view.name}.${column.name}`,
            granularity: granularityOf(use, column.name),
          })),
        }
      : {}),
    ...(plan.segments.length > 0 ? { segments: [...plan.segments] } : {}),
    ...(chosen.length > 0 ? { filters: split(chosen) } : {}),
    ...(order.length > 0 ? { order: firstOf(order) } : {}),
    limit: cuts ? Math.max(enough, 1) : maxRows + 1,
    timezone: 'UTC',
  };
  const large = largeOf(plan, values, query, sorts);
  return {
    query,
    ...(large ? { large } : {}),
    ungrouped: decision.mode === 'ungrouped',
    empty: cut.nothing(values) || (built === false && !plan.always),
    refuseAt: cuts ? undefined : maxRows + 1,
    ...(plan.lookedUp ? { key: view.primaryKey.map((name) => memberName(use, name)) } : {}),
    ...(repeated && counter !== undefined
      ? { repeats: { member: `${view.name}.${counter}`, refuseAbove: cuts ? Number.MAX_SAFE_INTEGER : maxRows } }
      : {}),
  };
}

/** Below this an answer is small enough to be held, and to be kept in the layer's cache. */
const fromRows = 10_000;

function largeOf(
  { cut, maxRows }: FetchPlan,
  values: Values,
  query: Query,
  sorts: Cut['partsOrder'],
): LargeQuery | undefined {
  const parts = cut.parts?.(values);
  if (parts === undefined || (parts.wanted ?? fromRows) < fromRows) return undefined;
  const { limit: _, order: __, ...unlimited } = query;
  // Rows that are equal in the order are told apart where a limit cuts between them.
  const ties = parts.wanted === undefined ? [] : sorts;
  const order = cut.partsOrder.length > 0 ? { order: firstOf([...cut.partsOrder, ...ties]) } : {};
  const from = Math.min(fromRows, maxRows + 1);
  const all = { ...unlimited, order: [], ...order };
  return {
    query: all,
    first: { ...unlimited, ...order, limit: from },
    fromRows: from,
    wanted: parts.wanted,
    enough: cut.rows(values),
  };
}

/** Not more than 50 at the top: the rest goes one deeper. */
function split(filters: QueryFilter[]): QueryFilter[] {
  return filters.length <= 50 ? filters : [...filters.slice(0, 49), { and: filters.slice(49) }];
}

function firstOf(order: readonly (readonly [string, 'asc' | 'desc'])[]): [string, 'asc' | 'desc'][] {
  const seen = new Map<string, 'asc' | 'desc'>();
  for (const [member, direction] of order) if (!seen.has(member)) seen.set(member, direction);
  return [...seen];
}

/** Cube sorts a time dimension by its member, without the granularity. */
export function sortName(use: Use, name: string): string {
  return `${use.view.name}.${name}`;
}

function granularityOf(use: Use, name: string) {
  const granularity = use.needs.get(name)?.granularity;
  return granularity === undefined || granularity === 'raw' ? null : granularity;
}

/** No row can meet both; the answer then has the shape of one over nothing, as SQL has it. */
function impossible(use: Use): QueryFilter[] {
  const column = use.view.columns.find((one) => one.kind === 'dimension' && !one.masked);
  const member = `${use.view.name}.${column?.name ?? ''}`;
  return [
    { member, operator: 'set' },
    { member, operator: 'notSet' },
  ];
}

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  int8: 'int8',
  float8: 'float8',
  bool: 'bool',
  timestamp: 'timestamp',
  date: 'date',
};

function rowsSql(
  use: Use,
  decision: Decision,
  columns: readonly FetchedColumn[],
  counted: boolean,
  array: (column: number) => string,
): string {
  const fetched = new Set(columns.map((column) => column.name));
  const list = use.view.columns.map((column) => {
    const name = quoteName(column.name);
    if (fetched.has(column.name)) return name;
    const missing = `null::${sqlTypes[column.type]}`;
    return `${decision.withoutValue.has(column.name) ? missing : `door.absent(${missing})`} as ${name}`;
  });
  if (use.countsRows && counted) list.push(rowsColumn);
  const source = `unnest(${columns.map((_, i) => array(i)).join(', ')}) as t(${columns.map((column) => quoteName(column.name)).join(', ')})`;
  const repeat = decision.mode === 'repeated' ? `, generate_series(1, t.${rowsColumn})` : '';
  return `${use.before}(select ${list.join(', ')} from ${source}${repeat})${use.after}`;
}
