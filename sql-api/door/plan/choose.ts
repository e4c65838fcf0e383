// Conditions on one dimension that only PostgreSQL can decide, over measures that do not add up: it chooses among the dimension's values, and those become a filter.
import { Fault } from '@tessera/base';
import { isObject, type Node } from './ast.ts';
import type { Probes } from './constant.ts';
import type { ParamValue, ViewRead } from './contract.ts';
import { type Expr, isDimension, isOfColumns, kids, type Use } from './expression.ts';
import { type Column, type Filter, maxValues, type QueryFilter } from './filter-parts.ts';
import { sqlOf } from './parse.ts';

/** Undefined where it is no condition on one text of `use` alone, or nothing is to be chosen so. */
export function chooseValues(expr: Expr, use: Use, probes: Probes, negated: boolean): Filter | undefined {
  const { mostValues } = probes;
  const column = mostValues === undefined ? undefined : onlyColumn(expr, use);
  const sql = column && sqlOf(withName(expr.node));
  if (mostValues === undefined || column === undefined || sql === undefined) return undefined;
  const { name } = column.column;
  const member = `${use.view.name}.${name}`;
  const read: ViewRead = {
    view: use.view.name,
    columns: [{ name, member, type: 'text' }],
    query: () => ({
      query: { dimensions: [member], limit: mostValues + 1, timezone: 'UTC' },
      ungrouped: false,
      empty: false,
      refuseAt: mostValues + 1,
    }),
  };
  // Rows without a partner have NULL although no value of the dimension is.
  const text = (array: string) =>
    `select coalesce(json_agg(distinct_value), '[]')::text from (select distinct door_value as distinct_value from unnest(array_append(${array}, null)) as door(door_value) where ${negated ? `not (${sql})` : sql}) as chosen`;
  const index = probes.choices.push({ read, text }) - 1;
  return ({ probed }) => filterOf(probed[probes.expressions.length + index], name, member);
}

function filterOf(json: ParamValue | undefined, column: string, member: string): QueryFilter | boolean {
  if (typeof json !== 'string' || !json.startsWith('['))
    throw new Fault('SQL_VALUE_INVALID', { column, takes: 'a list' });
  const chosen = JSON.parse(json) as (string | null)[];
  const values = chosen.filter((value) => value !== null);
  if (values.length > maxValues) throw new Fault('SQL_CHOICE_TOO_LARGE', { column, most: maxValues });
  const parts: QueryFilter[] = [];
  if (values.length > 0) parts.push({ member, operator: 'equals', values });
  if (values.length < chosen.length) parts.push({ member, operator: 'notSet' });
  return parts.length === 0 ? false : parts.length === 1 ? parts[0]! : { or: parts };
}

function onlyColumn(expr: Expr, use: Use): Column | undefined {
  const columns = columnsIn(expr);
  const [first] = columns;
  if (first === undefined || !isOfColumns(expr) || first.column.type !== 'text') return undefined;
  const same = columns.every(
    (one) => isDimension(one) && one.use === use && !one.column.masked && one.column.name === first.column.name,
  );
  return same ? first : undefined;
}

function columnsIn(expr: Expr): readonly Column[] {
  return expr.kind === 'column' ? [expr] : kids(expr).flatMap(columnsIn);
}

/** Every column of the tree is the one value. */
function withName(node: Node): Node {
  const name = { ColumnRef: { fields: [{ String: { sval: 'door_value' } }] } };
  return JSON.parse(
    JSON.stringify(node, (_, value: unknown) => (isObject(value) && 'ColumnRef' in value ? name : value)),
  ) as Node;
}
