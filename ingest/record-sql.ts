// Renders the SQL that turns a record's JSON into typed columns: one pass over the text for all plain paths, in DuckDB.
import type { BronzeColumn } from './contract.ts';
import type { StreamFacts } from './define-connector.ts';

export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

interface Branch {
  readonly [field: string]: Branch | 'VARCHAR' | 'JSON';
}

/** `$.a."b c".d` → ['a', 'b c', 'd']; undefined where the path has an index or a wildcard. */
export function pathSteps(path: string): readonly string[] | undefined {
  const steps = /^\$(?:\.(?:[A-Za-z_][\w]*|"[^"]+"))+$/.test(path) ? path.slice(1).match(/\.(?:"[^"]+"|[\w]+)/g) : null;
  return steps?.map((step) => (step.startsWith('."') ? step.slice(2, -1) : step.slice(1)));
}

export const pathsOf = (column: BronzeColumn): readonly string[] =>
  typeof column.path === 'string' ? [column.path] : column.path;

/**
 * Paths that one json_transform can read, as its structure, and how to read every path: a path below one that is kept as JSON is read out of that small text;
 * one with an index, or that differs from another by case only, is read out of the whole record.
 */
function planPaths(columns: readonly BronzeColumn[]) {
  const tree: Record<string, unknown> = {};
  const read = new Map<string, string>();
  const leafOf = (column: BronzeColumn) => (column.type === 'JSON' ? 'JSON' : 'VARCHAR');
  const jsonFirst = columns.toSorted((a, b) => leafOf(a).localeCompare(leafOf(b)));
  for (const column of jsonFirst) {
    for (const path of pathsOf(column)) {
      const single = leafOf(column) === 'JSON' ? 'json_extract' : 'json_extract_string';
      const steps = pathSteps(path);
      const placed = steps === undefined ? undefined : place(tree, steps, leafOf(column));
      const at = `t.${steps?.slice(0, placed).map(sqlName).join('.')}`;
      if (steps === undefined || placed === undefined) {
        read.set(`${leafOf(column)} ${path}`, `${single}(record, ${sqlText(path)})`);
      } else if (placed === steps.length) {
        read.set(`${leafOf(column)} ${path}`, at);
      } else {
        const rest = steps.slice(placed).map((step) => `."${step}"`);
        read.set(`${leafOf(column)} ${path}`, `${single}(${at}, ${sqlText(`$${rest.join('')}`)})`);
      }
    }
  }
  return {
    tree: tree as Branch,
    read: (column: BronzeColumn, path: string) => read.get(`${leafOf(column)} ${path}`) ?? 'NULL',
  };
}

/** Puts the path into the tree; the number of its steps that are there: all, or those down to a JSON leaf. Undefined where it cannot be placed. */
function place(tree: Record<string, unknown>, steps: readonly string[], leaf: 'VARCHAR' | 'JSON'): number | undefined {
  let branch = tree;
  for (const [i, step] of steps.entries()) {
    const same = Object.keys(branch).find((name) => name.toLowerCase() === step.toLowerCase());
    if (same !== undefined && same !== step) return undefined;
    const there = branch[step];
    if (i === steps.length - 1) {
      if (there !== undefined && there !== leaf) return undefined;
      branch[step] = leaf;
      return steps.length;
    }
    if (there === 'JSON') return i + 1;
    if (there === 'VARCHAR') return undefined;
    branch[step] = there ?? {};
    branch = branch[step] as Record<string, unknown>;
  }
  return undefined;
}

/** A select over `source` (columns `record` and the `kept` ones) that adds each column's text. */
export function renderTexts(stream: StreamFacts, source: string, kept: readonly string[]): string {
  const plan = planPaths(Object.values(stream.columns));
  const texts = Object.entries(stream.columns).map(([name, column]) => {
    const found = pathsOf(column).map((path) => {
      const text = `${plan.read(column, path)}${column.type === 'JSON' ? '::VARCHAR' : ''}`;
      const one =
        column.first === undefined
          ? text
          : `(case when starts_with(${text}, '[') then json_extract_string(${text}, '$[0]') else ${text} end)`;
      return (column.nullIf ?? []).reduce((sql, value) => `nullif(${sql}, ${sqlText(value)})`, one);
    });
    return `${found.length === 1 ? found[0] : `coalesce(${found.join(', ')})`} as ${textName(name, column)}`;
  });
  const structure = sqlText(JSON.stringify(plan.tree));
  return `select record, ${[...kept, ...texts].join(', ')} from (select *, json_transform(record, ${structure}) as t from (${source}))`;
}

const isText = ({ type }: BronzeColumn) => type === 'VARCHAR' || type === 'JSON';
/** Where a column's text is found: a typed one keeps its name for its value. */
export const textName = (name: string, column: BronzeColumn): string => sqlName(isText(column) ? name : `text.${name}`);

/** Casts that would otherwise round, or take a word for a number or an instant, of the text and of what a plain cast makes of it: 1.5 is no integer, NaN, 1e400 and `infinity` are no values. */
const whole = (text: string, cast: string) =>
  `case when contains(${text}, '.') and try_cast(${text} as DOUBLE) % 1 <> 0 then null else ${cast} end`;
const finite = (_: string, cast: string) => `case when isfinite(${cast}) then ${cast} end`;
const exactCasts: Readonly<Partial<Record<BronzeColumn['type'], (text: string, cast: string) => string>>> = {
  INTEGER: whole,
  BIGINT: whole,
  DOUBLE: finite,
  TIMESTAMPTZ: finite,
};

/**
 * A select over `source` that adds each typed column's value; NULL where its text does not fit. In two steps, so that nothing is cast twice:
 * what an expression costs is not the rows alone, each has its place in memory whatever the rows are.
 */
export function renderValues(stream: StreamFacts, source: string): string {
  const typed = Object.entries(stream.columns).filter(([, column]) => !isText(column));
  if (typed.length === 0) return source;
  const castName = (name: string) => sqlName(`cast.${name}`);
  const casts = typed.map(
    ([name, column]) => `try_cast(${textName(name, column)} as ${column.type}) as ${castName(name)}`,
  );
  const values = typed.map(([name, column]) => {
    const text = textName(name, column);
    const value = exactCasts[column.type]?.(text, castName(name)) ?? castName(name);
    return `${column.epoch === undefined ? value : `coalesce(${value}, ${renderEpoch(text)})`} as ${sqlName(name)}`;
  });
  return `select *, ${values.join(', ')} from (select *, ${casts.join(', ')} from (${source}))`;
}

function renderEpoch(text: string): string {
  const number = `try_cast(${text} as DOUBLE)`;
  return `make_timestamptz(cast(round(${number} * case when abs(${number}) >= 1e11 then 1e3 else 1e6 end) as BIGINT))`;
}

/** Why a record cannot be taken, by path and never by value; NULL where it can. A deletion marker needs its key only. `poison` are reasons (`when … then …`) that go before. */
export function renderProblem(stream: StreamFacts, poison: readonly string[] = []): string {
  const needs = Object.entries(stream.columns).filter(
    ([name, { required }]) => required || stream.primaryKey.includes(name),
  );
  const clauses = needs.flatMap(([name, column]) => {
    const where = pathsOf(column).join(' or ');
    const also = stream.primaryKey.includes(name) || stream.deletedBy === undefined ? '' : ' and not _deleted';
    return [
      `when ${textName(name, column)} is null${also} then ${sqlText(`${where} is missing`)}`,
      ...(isText(column)
        ? []
        : [`when ${sqlName(name)} is null${also} then ${sqlText(`${where} is not a ${column.type}`)}`]),
    ];
  });
  return `case ${[...poison, ...renderPoison(stream), ...clauses].join(' ')} end`;
}

/** One record must not be a batch. */
const largestRecord = 8 * 1024 * 1024;

/** What no layer behind could hold: PostgreSQL's texts know no NUL. In a field that we take no column from it harms nobody. */
function renderPoison(stream: StreamFacts): readonly string[] {
  const texts = Object.entries(stream.columns).filter(([, { type }]) => type === 'VARCHAR');
  const nul = texts.map(([name]) => `contains(${sqlName(name)}, chr(0))`).join(' or ');
  return [
    `when strlen(record) > ${largestRecord} then 'the record is larger than ${largestRecord} bytes'`,
    ...(nul === '' ? [] : [`when contains(record, '\\u0000') and (${nul}) then 'a text of the record holds a NUL'`]),
  ];
}

/** Paths of optional values that are there and are not what their column says, joined by `; `. A null there would be a silent one: such a record is not taken. */
export function renderMisfit(stream: StreamFacts): string {
  const clauses = Object.entries(stream.columns).flatMap(([name, column]) => {
    const text = textName(name, column);
    const where = pathsOf(column).join(' or ');
    const says = (what: string) => sqlText(`${where} ${what}`);
    const closed =
      column.oneOf === undefined
        ? []
        : [
            `case when ${text} not in (${column.oneOf.map(sqlText).join(', ')}) then ${says('is none of its values')} end`,
          ];
    if (column.type === 'JSON') return closed;
    if (column.type === 'VARCHAR')
      return [
        ...closed,
        ...(column.orJson ? [] : [`case when ${isNested(column, text)} then ${says('is not a VARCHAR')} end`]),
      ];
    if (column.required === true) return closed;
    return [
      ...closed,
      `case when ${text} is not null and ${sqlName(name)} is null then ${says(`is not a ${column.type}`)} end`,
    ];
  });
  return clauses.length === 0 ? 'cast(null as VARCHAR)' : `nullif(concat_ws('; ', ${clauses.join(', ')}), '')`;
}

/** Text that begins like an object or an array may be just that; only then the record is looked at again. */
function isNested(column: BronzeColumn, text: string): string {
  const types = pathsOf(column).flatMap((path) => {
    const type = (at: string) => `coalesce(json_type(record, ${sqlText(at)}), '')`;
    return column.first === undefined
      ? [`${type(path)} in ('OBJECT', 'ARRAY')`]
      : [`${type(path)} = 'OBJECT'`, `${type(`${path}[0]`)} in ('OBJECT', 'ARRAY')`];
  });
  return `(starts_with(${text}, '{') or starts_with(${text}, '[')) and (${types.join(' or ')})`;
}
