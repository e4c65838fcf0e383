// Conditions that are the same for every row and read off the text: `1 = 1` before a tool's own, `1 = 0` where it asks for columns only.
import { as, constantText } from './ast.ts';
import type { Expr } from './expression.ts';

const compared: Readonly<Record<string, (sign: number) => boolean>> = {
  '=': (sign) => sign === 0,
  '<>': (sign) => sign !== 0,
  '!=': (sign) => sign !== 0,
  '<': (sign) => sign < 0,
  '>': (sign) => sign > 0,
  '<=': (sign) => sign <= 0,
  '>=': (sign) => sign >= 0,
};

/** Undefined where PostgreSQL must say. NULL counts as false, as in WHERE. */
export function truthOf(expr: Expr): boolean | undefined {
  if (expr.kind === 'literal') {
    const constant = as(expr.node, 'A_Const');
    if (constant?.isnull) return false;
    return constant?.boolval && constantText(expr.node) === 'true';
  }
  if (expr.kind !== 'operator' || expr.form !== 'AEXPR_OP' || expr.args.length !== 2) return undefined;
  const [left, right] = expr.args.map((arg) => (arg.kind === 'literal' ? as(arg.node, 'A_Const') : undefined));
  if (!left?.ival || !right?.ival) return undefined;
  return compared[expr.operator]?.((left.ival.ival ?? 0) - (right.ival.ival ?? 0));
}
