// `= ANY(array)` and `<> ALL(array)` whose elements are known only when PostgreSQL has read the array: a parameter, or '{a,b}'.
import { Fault } from '@tessera/base';
import { isObject } from './ast.ts';
import type { Probes } from './constant.ts';
import { type Expr, isConstant, type Use } from './expression.ts';
import { type Built, type Column, equals, type Filter, isOf, join, maxParts, maxValues } from './filter-parts.ts';
import { sqlOf } from './parse.ts';

interface Elements {
  readonly takes: string;
  readonly form: RegExp;
}
/** Other types stay with PostgreSQL. */
const types: Readonly<Record<string, Elements>> = {
  text: { takes: 'a list of texts', form: /^/ },
  int8: { takes: 'a list of numbers', form: /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/ },
  float8: { takes: 'a list of numbers', form: /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/ },
};

/** Undefined where it stays with PostgreSQL. The list is read where the question is asked: SQL_VALUE_INVALID, SQL_TOO_LARGE. */
export function inArray(column: Expr, array: Expr, use: Use, probes: Probes, outside: boolean): Filter | undefined {
  if (!isOf(column, use) || !isConstant(array) || isWritten(array)) return undefined;
  const { name, type } = column.column;
  const elements = types[type];
  const sql = elements && sqlOf(array.node);
  if (sql === undefined || elements === undefined) return undefined;
  const index = probes.add(`array_to_json((${sql})::text[])::text`);
  return (values) => {
    const json = values.probed[index];
    // Nothing is equal to an element of NULL, and nothing is known to be none.
    if (json === null) return false;
    const list: unknown = JSON.parse(json ?? '[]');
    const all = (Array.isArray(list) ? list : []).flat(6) as (string | null)[];
    const known = [...new Set(all.filter((value) => value !== null))];
    if (known.some((text) => !elements.form.test(text)))
      throw new Fault('SQL_VALUE_INVALID', { column: name, takes: elements.takes });
    if (outside && known.length < new Set(all).size) return false;
    if (known.length === 0) return outside;
    return chunked(column, known, type === 'float8' ? 1 : maxValues, outside)(values);
  };
}

/** ARRAY[…] of what is no plain value: its elements may be arrays of another type. */
function isWritten(array: Expr): boolean {
  return isObject(array.node) && 'A_ArrayExpr' in array.node;
}

/** So many values as no single filter takes. */
function chunked(column: Column, texts: readonly string[], size: number, outside: boolean): Filter {
  const most = size * maxParts * maxParts;
  if (texts.length > most) throw new Fault('SQL_TOO_LARGE', { what: 'values in one list', most });
  const parts = groups(texts, size).map((some) => equals(column, some, outside));
  return (values) => {
    const built: Built[] = parts.map((part) => part(values));
    if (built.length <= maxParts) return join(outside, built);
    return join(
      outside,
      groups(built, maxParts).map((some) => join(outside, some)),
    );
  };
}

function groups<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
