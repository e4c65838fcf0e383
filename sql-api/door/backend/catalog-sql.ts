// In charge of how semantic views look as tables of PostgreSQL: columns, types, keys and comments, and a trap for a read that was not replaced.
import type { SemanticColumn, SemanticView } from '../contract.ts';
import { identifier, literal } from './admin.ts';

const typeNames: Readonly<Record<SemanticColumn['type'], string>> = {
  text: 'text',
  int8: 'bigint',
  float8: 'double precision',
  bool: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
};
/** Of the one row that springs the trap: any value will do where a key wants one. */
const someValue: Readonly<Record<SemanticColumn['type'], string>> = {
  text: "''",
  int8: '0',
  float8: '0',
  bool: 'false',
  timestamp: "'epoch'",
  date: "'epoch'",
};

const comment = (title: string, about: string): string => [title, about].filter(Boolean).join(': ');

/** Everything that one catalog holds beyond the template, in one text: the tenant's name, a table a view, and who may read. */
export function catalogSql(tenant: string, views: readonly SemanticView[]): string {
  return [
    // PostgreSQL's information_schema and every tool ask this function which database they are in.
    `create or replace function pg_catalog.current_database() returns name language sql stable parallel safe as $$select ${literal(tenant)}::name$$;`,
    ...views.map(tableSql),
    ...views.flatMap((view) => foreignKeysSql(view, views)),
    // To everybody whom the database lets in, so that no list of rights shows the role's own name.
    ...views.map(({ name }) => `grant select on public.${identifier(name)} to public;`),
  ].join('\n');
}

function tableSql({ name, title, about, columns, primaryKey }: SemanticView): string {
  const table = `public.${identifier(name)}`;
  const keys = columns.filter((column) => primaryKey.includes(column.name));
  const isKeyed = primaryKey.length > 0 && keys.length === primaryKey.length;
  return [
    `create table ${table} (${columns.map((column) => `${identifier(column.name)} ${typeNames[column.type]}`).join(', ')});`,
    keys.length > 0
      ? `insert into ${table} (${keys.map((column) => identifier(column.name)).join(', ')}) values (${keys.map(({ type }) => someValue[type]).join(', ')});`
      : `insert into ${table} default values;`,
    ...(isKeyed ? [`alter table ${table} add primary key (${primaryKey.map(identifier).join(', ')});`] : []),
    `comment on table ${table} is ${literal(comment(title, about))};`,
    ...columns.map(
      (column) =>
        `comment on column ${table}.${identifier(column.name)} is ${literal(comment(column.title, column.about))};`,
    ),
    `alter table ${table} enable row level security;`,
    `create policy semantic on ${table} using (door.refuse());`,
  ].join('\n');
}

/** Told to the tools; nothing is ever written that could break them. Only where the other view is seen and its key is the one referred to. */
function foreignKeysSql({ name, foreignKeys }: SemanticView, views: readonly SemanticView[]): string[] {
  return foreignKeys
    .filter(({ view, references }) => {
      const key = views.find((other) => other.name === view)?.primaryKey ?? [];
      return key.length > 0 && key.length === references.length && key.every((column) => references.includes(column));
    })
    .map(
      ({ columns, view, references }) =>
        `alter table public.${identifier(name)} add foreign key (${columns.map(identifier).join(', ')}) references public.${identifier(view)} (${references.map(identifier).join(', ')});`,
    );
}
