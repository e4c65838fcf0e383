// Field values of the documents, read out of their JSON text once a field, and only for fields that a query names.
import type { EventLog } from '../../world.ts';
import { at, instant } from '../standing.ts';

/** What comparisons see: a date becomes its milliseconds. */
export type Scalar = string | number | boolean;

export interface Columns {
  /** Values of a field in document i; none when it is absent. */
  values(field: string, i: number): readonly Scalar[];
  /** True where the field's first value is a date. */
  isDate(field: string): boolean;
}

const none: readonly Scalar[] = [];

/** Columns over a log of `{ _index, _id, _source }` texts. */
export function createColumns(log: EventLog): Columns {
  const columns = new Map<string, { readonly values: readonly (readonly Scalar[])[]; readonly date: boolean }>();
  const column = (field: string) => {
    const kept = columns.get(field);
    if (kept) return kept;
    let date: boolean | undefined;
    const values = Array.from({ length: log.length }, (_, i) => {
      const found = fieldOf(JSON.parse(log.json(i)), field);
      if (found.length === 0) return none;
      date ??= instant(found[0]) !== undefined;
      return date ? found.map((value) => instant(value) ?? value) : found;
    });
    const made = { values, date: date ?? false };
    columns.set(field, made);
    return made;
  };
  return {
    values: (field, i) => column(field).values[i] ?? none,
    isDate: (field) => column(field).date,
  };
}

interface Document {
  readonly _index?: string;
  readonly _id?: string;
  readonly _source?: Readonly<Record<string, unknown>>;
}

/** `event.action` may be nested or a name with a dot; a single value may stand for an array of one. */
function fieldOf(document: Document, field: string): readonly Scalar[] {
  if (field === '_index' || field === '_id') return [`${document[field]}`];
  const value = at(document._source, field) ?? document._source?.[field];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter(
    (one): one is Scalar => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean',
  );
}
