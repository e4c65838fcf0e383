// Reads what the platform answered, field by field: an Error that names the field where it is not what it should be.
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw lacking(name);
  return value as Fields;
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw lacking(name);
  return value;
}

/** A number that is missing is an error, never a zero. */
export function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw lacking(name);
  return value;
}

export const maybeText = (fields: Fields, name: string): string | null =>
  typeof fields[name] === 'string' ? fields[name] : null;

export const maybeNumber = (fields: Fields, name: string): number | null =>
  typeof fields[name] === 'number' ? fields[name] : null;

export function listIn<T>(fields: Fields, name: string, parse: (item: Fields) => T): readonly T[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw lacking(name);
  return value.map((item) => parse(fieldsOf(item, name)));
}

/** Counts by name, such as reasons with their rows. */
export function countsIn(fields: Fields, name: string): Readonly<Record<string, number>> {
  const counts = fieldsOf(fields[name] ?? {}, name);
  return Object.fromEntries(Object.keys(counts).map((key) => [key, numberIn(counts, key)]));
}

const lacking = (name: string) => new Error(`The platform answered without ${name}.`);
