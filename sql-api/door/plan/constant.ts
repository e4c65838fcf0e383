// Values that filters compare with: known now, known at Bind, or computed by PostgreSQL itself in a probe before the question is asked.
import { Fault } from '@tessera/base';
import type { SemanticColumn } from '../contract.ts';
import { as, constantText, lastName, type Node, visit } from './ast.ts';
import type { Choice, ParamValue } from './contract.ts';
import type { Expr } from './expression.ts';
import { isConstant } from './expression.ts';
import { sqlOf } from './parse.ts';

export interface Values {
  readonly params: readonly ParamValue[];
  readonly probed: readonly ParamValue[];
}

/** The value as the semantic layer takes it, or null for NULL. */
export type Constant = (values: Values) => string | null;

export class Probes {
  readonly expressions: string[] = [];
  readonly choices: Choice[] = [];
  /** Values that a dimension may have at most, to be chosen among; undefined: nothing is chosen so. */
  readonly mostValues: number | undefined;
  constructor(mostValues?: number) {
    this.mostValues = mostValues;
  }
  add(sql: string): number {
    const known = this.expressions.indexOf(sql);
    return known >= 0 ? known : this.expressions.push(sql) - 1;
  }
  get text(): string | undefined {
    return this.expressions.length === 0 ? undefined : `select ${this.expressions.join(', ')}`;
  }
}

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const day = /^\d{4}-\d\d-\d\d$/;
const instant = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;

interface Form {
  readonly takes: string;
  /** In the layer's form; undefined where the text is not of the type, or finer than the layer can say. */
  readonly read: (text: string) => string | undefined;
  /** PostgreSQL's type of a probe. */
  readonly cast: string;
}
const forms: Readonly<Record<'text' | 'number' | 'time' | 'bool', Form>> = {
  text: { takes: 'a text', cast: 'text', read: (text) => text },
  number: { takes: 'a number', cast: 'float8', read: (text) => (number.test(text) ? text : undefined) },
  bool: {
    takes: 'true or false',
    cast: 'bool',
    read: (text) => (/^(t|true)$/i.test(text) ? 'true' : /^(f|false)$/i.test(text) ? 'false' : undefined),
  },
  time: {
    takes: 'a time of whole milliseconds',
    cast: 'timestamp',
    read: (text) => {
      if (day.test(text)) return exists(`${text}T00:00:00.000`);
      const [, date, clock, fraction = ''] = instant.exec(text) ?? [];
      if (date === undefined || /[1-9]/.test(fraction.slice(3))) return undefined;
      return exists(`${date}T${clock}.${fraction.slice(0, 3).padEnd(3, '0')}`);
    },
  },
};
/** The text where the calendar has that day and clock. */
function exists(text: string): string | undefined {
  const at = Date.parse(`${text}Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? text : undefined;
}

const formOf: Readonly<Record<SemanticColumn['type'], keyof typeof forms>> = {
  text: 'text',
  int8: 'number',
  float8: 'number',
  bool: 'bool',
  timestamp: 'time',
  date: 'time',
};

/** The value that a column of this type is compared with; undefined where it is not one for all rows, or cannot be told exactly. */
export function constantFor(
  expr: Expr,
  column: SemanticColumn,
  probes: Probes,
  as_: SemanticColumn['type'] = column.type,
): Constant | undefined {
  if (!isConstant(expr)) return undefined;
  const form = forms[formOf[as_]];
  const plain = plainText(expr.node, formOf[as_]);
  if (plain === null) return () => null;
  const known = plain === undefined ? undefined : form.read(plain);
  if (known !== undefined) return () => known;
  const refuse = (): never => {
    throw new Fault('SQL_VALUE_INVALID', { column: column.name, takes: form.takes });
  };
  const read = (text: ParamValue | undefined) =>
    text === null || text === undefined ? null : (form.read(text) ?? refuse());
  const param = as(expr.node, 'ParamRef')?.number;
  // A time may come in many forms, in binary or with a zone: PostgreSQL reads it.
  if (param !== undefined && form !== forms.time) return ({ params }) => read(params[param - 1]);
  const sql = sqlOf(expr.node);
  if (sql === undefined) return undefined;
  const typed = form === forms.text ? sql : `(${sql})::${form.cast}`;
  // The clock tells microseconds, the layer milliseconds: what is asked is of this very millisecond.
  const index = probes.add(`(${isOfClock(expr.node) ? `date_trunc('milliseconds', ${typed})` : typed})::text`);
  return ({ probed }) => read(probed[index]);
}

const clocks = /^(now|clock_timestamp|statement_timestamp|transaction_timestamp)$/;

function isOfClock(node: Node): boolean {
  let found = false;
  visit(node, (kind, body) => {
    found ||= kind === 'SQLValueFunction' && /TIMESTAMP/.test(String(body.op));
    found ||= kind === 'FuncCall' && clocks.test(lastName(body.funcname as Node[]));
    return !found;
  });
  return found;
}

/** A literal, alone or with a cast that does not change it. */
function plainText(node: Node, form: keyof typeof forms): string | null | undefined {
  const cast = as(node, 'TypeCast');
  if (cast === undefined) return constantText(node);
  const inner = constantText(cast.arg);
  const type = cast.typeName?.names?.at(-1);
  const name = type && 'String' in type ? type.String.sval : undefined;
  if (typeof inner !== 'string' || cast.typeName?.arrayBounds !== undefined || cast.typeName?.typmods !== undefined)
    return undefined;
  if (form === 'text') return name === 'text' || name === 'varchar' ? inner : undefined;
  if (form === 'bool') return name === 'bool' ? inner : undefined;
  if (form === 'time') return name === 'timestamp' || (name === 'date' && day.test(inner)) ? inner : undefined;
  return undefined;
}
