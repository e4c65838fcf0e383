// Subjects → what Cube reads: one file a subject, with a private cube over the gold table and the public view in front of it.
import { createHash } from 'node:crypto';
import { Fault } from '@tessera/base';
import { type ColumnMeta, goldTables, tokenColumn } from '@tessera/transforms/gold-meta';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import type { Rollup, Subject } from './define.ts';
import { type DescribedView, describeViews } from './describe-views.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';
import { conditions, isAdditive, renderMetric } from './render-metric.ts';
import { toCubeJs } from './to-cube-js.ts';

export interface ModelFile {
  readonly fileName: string;
  readonly content: string;
}

/** What the wiring needs of the semantic layer; plain data. */
export interface RenderedModel {
  readonly files: readonly ModelFile[];
  /** Changes with every change of the files: Cube compiles once for each. */
  readonly hash: string;
  readonly cubes: number;
  readonly views: number;
  /** Public members by kind, as `view.name`. */
  readonly members: {
    readonly measures: ReadonlySet<string>;
    /** With the type that Cube is told. */
    readonly dimensions: ReadonlyMap<string, MemberType>;
    readonly segments: ReadonlySet<string>;
  };
  /** What policies may speak of. */
  readonly catalogue: Catalogue;
  /** For each view the members that hold the tenant of the rows behind it. */
  readonly tenantMembers: Readonly<Record<string, readonly string[]>>;
  /** For each personal dimension the member that Cube is told to mask so that its token is shown: the cube's. Masked by its name in the view, too, Cube would look for the token in a table of the view's name. */
  readonly maskedBy: ReadonlyMap<string, readonly string[]>;
  readonly described: readonly DescribedView[];
}

/** Renders all subjects; MODEL_REFUSED where Cube would take one wrongly. */
export function renderModel(subjects: readonly Subject[]): RenderedModel {
  const files = subjects.map((subject) => ({
    fileName: `${subject.view}.js`,
    content: toCubeJs(renderSubject(subject)),
  }));
  const names = (pick: (subject: Subject) => readonly string[]) =>
    new Set(subjects.flatMap((subject) => pick(subject).map((name) => `${subject.view}.${name}`)));
  return {
    files,
    hash: createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16),
    cubes: subjects.length,
    views: subjects.length,
    members: {
      measures: names(publicMetrics),
      dimensions: new Map(
        subjects.flatMap((subject) =>
          subject.dimensions.map((name) => [`${subject.view}.${name}`, typeOf(columnOf(subject, name))] as const),
        ),
      ),
      segments: new Set(),
    },
    catalogue: catalogueOf(subjects),
    tenantMembers: Object.fromEntries(subjects.map(({ view, table }) => [view, [`${table}.tenant_id`]])),
    maskedBy: new Map(
      subjects.flatMap((subject) =>
        subject.dimensions
          .filter((name) => columnOf(subject, name).pii)
          .map((name) => [`${subject.view}.${name}`, [`${subject.table}.${name}`]] as const),
      ),
    ),
    described: describeViews(subjects),
  };
}

export const publicMetrics = (subject: Subject): string[] =>
  Object.entries(subject.metrics)
    .filter(([, metric]) => !metric.hidden)
    .map(([name]) => name);

/** The subject in Cube's words, still as data. */
export function renderSubject(subject: Subject) {
  const document = {
    cubes: [
      {
        name: subject.table,
        sql: sourceOf(subject),
        title: subject.title,
        description: subject.about,
        public: false,
        // The caches of a tenant live as long as one release is served (see the wiring's ids), and a release never changes.
        refresh_key: never,
        dimensions: [...keysOf(subject), ...subject.dimensions.map((name) => dimensionOf(subject, name))],
        measures: Object.entries(subject.metrics).map(([name, metric]) => renderMetric(name, metric)),
        pre_aggregations: Object.entries(subject.rollups).map(([name, rollup]) => rollupOf(subject, name, rollup)),
      },
    ],
    views: [
      {
        name: subject.view,
        title: subject.title,
        description: subject.about,
        public: true,
        cubes: [{ join_path: subject.table, includes: [...publicMetrics(subject), ...subject.dimensions] }],
      },
    ],
  };
  refuseUnsupported(document, subject.view);
  return document;
}

const never = { sql: 'SELECT 1', every: '1 day' };

/** The gold table; with a look-up, its columns added by a join that can neither lose nor double a row (the id is the other table's key). */
function sourceOf({ table, lookup, keep }: Subject): string {
  const kept = keep ? ` WHERE ${conditions(keep, (name) => `t.${name}`).join(' AND ')}` : '';
  if (!lookup) return `SELECT * FROM ${table} AS t${kept}`;
  const extra = lookup.columns.map((name) => `, l.${name}`).join('');
  return `SELECT t.*${extra} FROM ${table} AS t LEFT JOIN ${lookup.table} AS l ON l.tenant_id = t.tenant_id AND l.${lookup.on} = t.${lookup.on}${kept}`;
}

/** Key columns, the tenant and its organisation: needed by Cube and by the predicates of every query, never shown. */
function keysOf({ table, dimensions }: Subject): object[] {
  const hidden = [...new Set<string>([...predicateColumns, ...goldTables[table].key])].filter(
    (name) => !dimensions.includes(name),
  );
  const keys: readonly string[] = goldTables[table].key;
  return hidden.map((name) => ({
    name: predicateColumns.includes(name) ? name : `key_${name}`,
    sql: `{CUBE}.${name}`,
    type: 'string',
    public: false,
    ...(keys.includes(name) ? { primary_key: true } : {}),
  }));
}

/** Columns that predicates are on, in every cube and in every roll-up: one that a roll-up lacks makes it unreachable. */
const predicateColumns: readonly string[] = ['tenant_id', 'org_id'];

type MemberType = 'string' | 'number' | 'boolean' | 'time';
const types: Readonly<Record<ColumnMeta['type'], MemberType>> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  INTEGER: 'number',
  BIGINT: 'number',
  DOUBLE: 'number',
  DATE: 'time',
  TIMESTAMPTZ: 'time',
};

/** What Cube is told of a column. */
export const typeOf = ({ type }: ColumnMeta): MemberType => types[type];

/** The declared column behind a dimension, of the table or of its look-up. */
export function columnOf({ table, lookup }: Subject, name: string): ColumnMeta {
  const own: Readonly<Record<string, ColumnMeta>> = goldTables[table].columns;
  const looked: Readonly<Record<string, ColumnMeta>> = lookup ? goldTables[lookup.table].columns : {};
  const found = own[name] ?? looked[name];
  if (!found) throw new Error(`${table} has no column ${name}`);
  return found;
}

function dimensionOf(subject: Subject, name: string): object {
  const { type, about, pii } = columnOf(subject, name);
  return {
    name,
    sql: type === 'DATE' ? `CAST({CUBE}.${name} AS TIMESTAMP)` : `{CUBE}.${name}`,
    type: types[type],
    title: titleOf(name),
    description: about,
    public: true,
    ...(pii ? { mask: { sql: `{CUBE}.${tokenColumn(name)}` } } : {}),
    ...(type === 'DATE' ? { meta: { day: 'tenant' } } : {}),
  };
}

/** `started_on` → `Started on`. */
export const titleOf = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`.replaceAll('_', ' ');

/** Nothing personal is kept in a roll-up: it holds the value, so whoever may see only the token could not be answered from it. */
function rollupOf(subject: Subject, name: string, { day, by }: Rollup) {
  const personal = by.find((dimension) => columnOf(subject, dimension).pii);
  if (personal)
    throw new Fault('MODEL_REFUSED', { at: `${subject.view}.${name}`, reason: `${personal} is personal data` });
  const additive = Object.entries(subject.metrics).filter(([, metric]) => isAdditive(metric));
  return {
    name,
    type: 'rollup',
    measures: additive.map(([metric]) => `CUBE.${metric}`),
    dimensions: [...new Set([...predicateColumns, ...by])].map((dimension) => `CUBE.${dimension}`),
    ...(day ? { time_dimension: `CUBE.${day}`, granularity: 'day' } : {}),
    external: false,
    scheduled_refresh: true,
    refresh_key: never,
  };
}
