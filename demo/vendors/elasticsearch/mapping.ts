// Field types as the first documents suggest them, for mappings and field capabilities.
import type { EventLog } from '../../world.ts';
import { instant } from '../standing.ts';

const sampled = 300;

/** Full field names with their types. */
export function describeFields(log: EventLog): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one, path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`);
    } else if (value !== null && path !== '') fields[path] ??= typeOf(path, value);
  };
  for (let i = 0; i < Math.min(log.length, sampled); i++) {
    const document: unknown = JSON.parse(log.json(i));
    walk(typeof document === 'object' && document !== null && '_source' in document ? document._source : {}, '');
  }
  return fields;
}

function typeOf(path: string, value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'float';
  if (instant(value) !== undefined) return 'date';
  return path.endsWith('.ip') ? 'ip' : 'keyword';
}
