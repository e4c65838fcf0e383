// The clients that are run for real against the SQL API, where each comes from, and what each of their checks must answer.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { manyLogins } from './open-for-clients.ts';

/** What REST and the semantic layer say about the data that the clients are asked about. */
export interface Facts {
  readonly tables: readonly string[];
  readonly byOutcome: readonly (readonly [string, string])[];
  readonly abandonedPct: number;
  /** Attempts in the US since 2 January. */
  readonly since: string;
  readonly total: string;
}

export interface Client {
  readonly name: string;
  /** Undefined where the version is the machine's own. */
  readonly version?: string;
  readonly from: string;
  /** Of programs/; the ending says what runs it. */
  readonly program: string;
  /** Packages for a virtual environment, or the coordinates of a jar. */
  readonly packages?: readonly string[];
  readonly jar?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}

const typeNames = [
  ['bigint', 'double precision', 'text', 'timestamp without time zone'],
  ['BIGINT', 'DOUBLE PRECISION', 'TEXT', 'TIMESTAMP'],
  ['int8', 'float8', 'text', 'timestamp'],
  ['BIGINT', 'DOUBLE PRECISION', 'TEXT', 'TIMESTAMP WITHOUT TIME ZONE'],
  ['LONGINTEGER', 'DOUBLE PRECISION', 'STRING', 'DATETIME'],
];

/** What a check may answer, as programs print it: one of these. */
export const answers = {
  tables: ({ tables }: Facts) => [tables],
  'views and schemas': () => [[[], true, 'public']],
  'schemas and catalogs': () => [[true, ['acme-corp']]],
  'columns and their types': () => typeNames,
  keys: () => [[['project_key'], ['projects'], ['backlog', 'issue_transitions', 'issues']]],
  'keys, indexes and comments': () => [[['project_key'], 1]],
  'reflection of every table': ({ tables }: Facts) => [tables],
  'every command that describes': () => ['answered'],
  'all other metadata': () => ['answered'],
  'measure by group': ({ byOutcome }: Facts) => [byOutcome],
  'percentage to the digit': ({ abandonedPct }: Facts) => [abandonedPct, String(abandonedPct)],
  'parameters in text': ({ since }: Facts) => [since],
  'parameters and results in binary': ({ since }: Facts) => [since],
  'prepared on the server': ({ since }: Facts) => [since],
  'prepared on the server after five': ({ since }: Facts) => [`${since} true`],
  "parameters' and columns' types before any row": () => [['int8', 'text']],
  'server-side cursor': ({ total }: Facts) => [total],
  'fetch size': ({ total }: Facts) => [total],
  'ten thousand rows': () => [[manyLogins, manyLogins]],
  'TLS, with its certificate verified': () => [[1, '08001']],
  'in chunks': ({ total }: Facts) => [total],
  'a whole table': () => [['DEV', 'OPS']],
  pipeline: ({ byOutcome, total }: Facts) => [[byOutcome.length, total]],
  cancel: () => ['answered'],
  'an error has its SQLSTATE and the session goes on': () => [['42703', '25006', '1']],
  'a connection is tested and saved': () => ['OK'],
  'a dataset of a view': () => ['answered'],
  'a chart of the dataset': ({ byOutcome }: Facts) => [byOutcome],
  'a question in SQL Lab': ({ byOutcome }: Facts) => [byOutcome],
  'what is not exact is refused in SQL Lab with a hint': () => [true],
} satisfies Record<string, (facts: Facts) => readonly unknown[]>;
export type Check = keyof typeof answers;

const failing = 'an error has its SQLSTATE and the session goes on' as const;
const numbers = ['measure by group', 'percentage to the digit'] as const;
const reflected = [
  'tables',
  'views and schemas',
  'columns and their types',
  'keys, indexes and comments',
  'reflection of every table',
  ...numbers,
  'parameters in text',
  'server-side cursor',
] as const;

export const clients: readonly Client[] = [
  {
    name: 'psql',
    from: 'PostgreSQL',
    program: 'psql.ts',
    checks: [
      'tables',
      'columns and their types',
      'every command that describes',
      ...numbers,
      'server-side cursor',
      failing,
    ],
  },
  {
    name: 'pg',
    version: '8.23.1',
    from: 'npm',
    program: 'node-pg.ts',
    checks: [...numbers, 'parameters in text', 'prepared on the server', 'server-side cursor', failing],
  },
  {
    name: 'postgres.js',
    version: '3.4.9',
    from: 'npm',
    program: 'postgres-js.ts',
    checks: [...numbers, 'parameters in text', 'prepared on the server', 'pipeline', 'server-side cursor', failing],
  },
  {
    name: 'psycopg 3',
    version: '3.3.9',
    from: 'PyPI',
    program: 'psycopg_3.py',
    packages: ['psycopg[binary]==3.3.9'],
    checks: [
      ...numbers,
      'parameters in text',
      'parameters and results in binary',
      'prepared on the server',
      'pipeline',
      'server-side cursor',
      failing,
    ],
  },
  {
    name: 'psycopg2',
    version: '2.9.13',
    from: 'PyPI',
    program: 'psycopg_2.py',
    packages: ['psycopg2-binary==2.9.13'],
    checks: [...numbers, 'parameters in text', 'server-side cursor', failing],
  },
  {
    name: 'SQLAlchemy over psycopg 3',
    version: '2.1.9',
    from: 'PyPI',
    program: 'sqlalchemy_2.py',
    packages: ['sqlalchemy==2.1.9', 'psycopg[binary]==3.3.9'],
    checks: reflected,
  },
  {
    name: 'SQLAlchemy over psycopg2',
    version: '2.1.9',
    from: 'PyPI',
    program: 'sqlalchemy_2.py',
    packages: ['sqlalchemy==2.1.9', 'psycopg2-binary==2.9.13'],
    environment: { TESSERA_SQL_DRIVER: 'psycopg2' },
    checks: reflected,
  },
  {
    name: 'pandas',
    version: '3.1.1',
    from: 'PyPI',
    program: 'pandas_3.py',
    packages: ['pandas==3.1.1', 'sqlalchemy==2.1.9', 'psycopg[binary]==3.3.9'],
    checks: ['measure by group', 'in chunks', 'a whole table'],
  },
  {
    name: 'pgjdbc (DBeaver, DataGrip, Metabase)',
    version: '42.7.4',
    from: 'Maven Central',
    program: 'Jdbc.java',
    jar: 'org.postgresql:postgresql:42.7.4',
    checks: [
      'tables',
      'schemas and catalogs',
      'columns and their types',
      'keys',
      'all other metadata',
      ...numbers,
      'prepared on the server after five',
      "parameters' and columns' types before any row",
      'fetch size',
      'cancel',
      failing,
    ],
  },
  {
    name: 'psqlODBC (Excel)',
    from: 'Debian (`odbc-postgresql`)',
    program: 'odbc.py',
    packages: ['pyodbc==5.5.0'],
    checks: [
      'TLS, with its certificate verified',
      'tables',
      'schemas and catalogs',
      'columns and their types',
      'keys',
      'all other metadata',
      ...numbers,
      'parameters in text',
      'prepared on the server',
      'server-side cursor',
      'ten thousand rows',
      'cancel',
      failing,
    ],
  },
  {
    name: 'Apache Superset',
    version: '6.1.0',
    from: 'PyPI',
    program: 'superset_6.py',
    checks: [
      'a connection is tested and saved',
      'tables',
      'a dataset of a view',
      'columns and their types',
      'a chart of the dataset',
      'a question in SQL Lab',
      'what is not exact is refused in SQL Lab with a hint',
    ],
  },
];

/** Where what was installed for the clients stays between runs; nothing but packages of others. */
export const clientsFolder = path.join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'sql-clients');
export const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;
export const pageFile = path.join(import.meta.dirname, '..', '..', 'docs', 'reference', 'bi-compatibility.md');
