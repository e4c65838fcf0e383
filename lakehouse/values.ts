// Turns DuckDB's values into plain JS values that survive JSON, without ever changing a number, and JS values into parameters.
import type { SqlValue } from './contract.ts';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  SQLNULL,
  TIMESTAMPTZ,
  VARCHAR,
} from './duckdb.ts';

const isoMicros = (micros: bigint): string => {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = micros - millis * 1000n;
  const date = new Date(Number(millis));
  // Infinite and far-away timestamps have no ISO form.
  if (Number.isNaN(date.getTime())) return String(micros);
  const iso = date.toISOString().slice(0, -1);
  return rest === 0n ? iso : iso + String(rest).padStart(3, '0');
};

const exactInteger = (value: bigint): number | string => {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : String(value);
};

const exactDecimal = (value: DuckDBDecimalValue): number | string => {
  const digits = value.toString();
  // A double holds any decimal of 15 digits without loss (IEEE 754: DBL_DIG).
  return digits.replace(/\D/g, '').replace(/^0+/, '').length <= 15 ? Number(digits) : digits;
};

type Plain = SqlValue | Plain[] | object;

/** One value as a plain one: number where exact else text, ISO texts for times, arrays and records for nested types. */
export function plainValue(value: DuckDBValue): Plain {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value === 'bigint') return exactInteger(value);
  if (value instanceof DuckDBTimestampTZValue) return `${isoMicros(value.micros)}Z`;
  if (value instanceof DuckDBTimestampValue) return isoMicros(value.micros);
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBDecimalValue) return exactDecimal(value);
  if (value instanceof DuckDBListValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, plainValue(entry)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map((e) => ({ key: plainValue(e.key), value: plainValue(e.value) }));
  }
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoMicros(value.millis * 1000n);
  if (value instanceof DuckDBTimestampSecondsValue) return isoMicros(value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoMicros(value.nanos / 1000n);
  return String(value);
}

const cubeTime = (micros: bigint): string => isoMicros(micros).slice(0, 23);

/** One value as Cube's drivers give it: every number as text, digit for digit; times as 'yyyy-mm-ddThh:mm:ss.mmm'. */
export function cubeValue(value: DuckDBValue): Plain {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (value instanceof DuckDBDecimalValue) {
    const digits = value.toString();
    return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  }
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return cubeTime(value.micros);
  if (value instanceof DuckDBDateValue) return `${value.toString()}T00:00:00.000`;
  return plainValue(value);
}

/** A parameter with the type that SQL should see: whole numbers as BIGINT, dates as TIMESTAMPTZ. */
export function parameter(value: SqlValue): readonly [DuckDBValue, DuckDBType] {
  if (value === null) return [null, SQLNULL];
  if (value instanceof Date) return [new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1000n), TIMESTAMPTZ];
  if (typeof value === 'string') return [value, VARCHAR];
  if (typeof value === 'boolean') return [value, BOOLEAN];
  if (typeof value === 'bigint') return [value, BIGINT];
  return Number.isSafeInteger(value) ? [BigInt(value), BIGINT] : [value, DOUBLE];
}
