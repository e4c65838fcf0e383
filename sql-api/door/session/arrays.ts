// In charge of how a column of an answer becomes a PostgreSQL array: its type, and its literal where a text has to hold it.
import { Fault } from '@tessera/base';
import type { AnswerPart, ColumnType } from '../contract.ts';
import type { FetchedColumn } from '../plan/contract.ts';
import { double, instant, plain, truth, whole } from './array-writer.ts';

interface ArrayType {
  readonly name: string;
  readonly text: (value: unknown) => string;
}

const iso = (value: unknown) => new Date(instant(value)).toISOString();

const types: Readonly<Record<ColumnType, ArrayType>> = {
  text: { name: 'text', text: plain },
  int8: { name: 'int8', text: (v) => String(whole(v)) },
  float8: { name: 'float8', text: (v) => String(double(v)) },
  bool: { name: 'bool', text: (v) => (truth(v) ? 't' : 'f') },
  timestamp: { name: 'timestamp', text: (v) => iso(v).replace('T', ' ').replace('Z', '') },
  date: { name: 'date', text: (v) => iso(v).slice(0, 10) },
};

export const arrayTypeName = (type: ColumnType): string => `${types[type].name}[]`;

/** The answer's values of each column that a read wants. A column that the answer lacks is a defect of ours, not an empty column. */
export function columnsOf(answer: AnswerPart | undefined, wanted: readonly FetchedColumn[]): (readonly unknown[])[] {
  return wanted.map(({ member }) => {
    // An answer without rows names no columns.
    if (!answer || answer.rows === 0) return [];
    const values = answer.values[answer.columns.indexOf(member)];
    if (!values || values.length !== answer.rows) throw new Fault('INTERNAL', {}, { cause: new Error(`no ${member}`) });
    return values;
  });
}

/** The same array as a literal. The tag of its quotes is random for each, so no value can end it. */
export function literalArray(values: readonly unknown[], type: ColumnType, tag: string): string {
  const { name, text } = types[type];
  const cells = values.map((value) =>
    value === null || value === undefined ? 'NULL' : `"${text(value).replace(/["\\]/g, '\\$&')}"`,
  );
  return `$${tag}${'$'}{${cells.join(',')}}$${tag}$::${name}[]`;
}
