// What filters of a Cube query are made of: leaves that mean what SQL means by them, NULL included.
import type { Query } from '@tessera/security';
import type { Constant, Values } from './constant.ts';
import { type Expr, isDimension, type Use } from './expression.ts';

export type QueryFilter = NonNullable<Query['filters']>[number];
/** `false`: no row meets it; `true`: every row does. */
export type Built = QueryFilter | boolean;
export type Filter = (values: Values) => Built;

export type Column = Extract<Expr, { kind: 'column' }>;
export const memberOf = (column: Column) => `${column.use.view.name}.${column.column.name}`;
/** Of one filter, of one value, and of one AND or OR. */
export const maxValues = 1000;
export const maxText = 1000;
export const maxParts = 50;

/** A dimension of `use` whose values the caller sees. */
export function isOf(expr: Expr | undefined, use: Use): expr is Column {
  return expr !== undefined && isDimension(expr) && expr.use === use && !expr.column.masked;
}

/** AND or OR of what is known; NULL counts as false, which is the same as long as nothing above negates it. */
export function join(all: boolean, parts: readonly Built[]): Built {
  if (parts.some((part) => part === !all)) return !all;
  const rest = parts.filter((part) => typeof part !== 'boolean') as QueryFilter[];
  if (rest.length === 0) return all;
  if (rest.length === 1) return rest[0]!;
  return all ? { and: rest } : { or: rest };
}

export type Operator = Extract<QueryFilter, { member: string }>['operator'];
export const leaf = (member: string, operator: Operator, values: string[]) =>
  ({ member, operator, values }) as QueryFilter;
export const set = (member: string): QueryFilter => ({ member, operator: 'set' });
export const notSet = (member: string): QueryFilter => ({ member, operator: 'notSet' });

/** Cube's notEquals lets NULL pass; SQL's <> does not. */
export function equals(column: Column, texts: readonly string[], negated: boolean): Filter {
  const member = memberOf(column);
  const filter: QueryFilter = negated
    ? { and: [leaf(member, 'notEquals', [...texts]), set(member)] }
    : leaf(member, 'equals', [...texts]);
  return () => filter;
}

/** Nothing compares as true with NULL. */
export function guarded(constant: Constant, make: (text: string) => Filter): Filter {
  return (values) => {
    const text = constant(values);
    return text === null ? false : make(text)(values);
  };
}
