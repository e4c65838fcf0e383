// Questions to PostgreSQL's own catalogs and functions: whatever could tell of other databases, roles, sessions and files.
import fc from 'fast-check';
import type { SqlQuestion } from './sql-wire.ts';
import { canary, marked, twin } from './world.ts';

export const one = (sql: string): SqlQuestion => [{ sql }];
export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Names of other tenants, of what is behind the door, and the caller's own. */
export const strangers = fc.constantFrom<string>(
  marked,
  twin,
  `${canary}-dim_user-email-30`,
  'acme-corp',
  'analyst',
  'door',
  'postgres',
);
const relations =
  'pg_database pg_authid pg_roles pg_user pg_group pg_shadow pg_auth_members pg_db_role_setting pg_shdescription pg_shdepend pg_shseclabel pg_stat_activity pg_stat_database pg_stat_ssl pg_stat_gssapi pg_stat_user_tables pg_stat_all_indexes pg_locks pg_prepared_statements pg_prepared_xacts pg_cursors pg_tables pg_views pg_indexes pg_matviews pg_rules pg_policies pg_namespace pg_constraint pg_index pg_policy pg_trigger pg_description pg_tablespace pg_default_acl pg_extension pg_foreign_server pg_publication pg_subscription pg_replication_slots pg_event_trigger pg_settings pg_file_settings pg_hba_file_rules pg_available_extensions pg_stats pg_statistic pg_largeobject pg_seclabels pg_sequences pg_database_ pg_authid_'.split(
    ' ',
  );
const schemaRelations =
  'tables columns schemata views key_column_usage table_constraints referential_constraints constraint_column_usage table_privileges role_table_grants column_privileges enabled_roles applicable_roles administrable_role_authorizations usage_privileges routines triggers sequences element_types information_schema_catalog_name user_mappings foreign_tables'.split(
    ' ',
  );
/** What is in every database and of nobody is left out of a list: it is long. */
const ownRows: Readonly<Record<string, string>> = {
  pg_description: " where objoid in (select oid from pg_class where relnamespace = 'public'::regnamespace)",
  columns: " where table_schema = 'public'",
  column_privileges: " where table_schema = 'public'",
  routines: " where routine_schema = 'public'",
  views: " where table_schema = 'public'",
  pg_views: " where schemaname = 'public'",
  pg_rules: " where schemaname = 'public'",
  // Grouped by OID, it comes in the order of OIDs' hashes, and OIDs tell how much was made before.
  pg_stat_user_tables: ' order by relname',
};
const functions = [
  'current_database()',
  'current_user, session_user, user, current_role, current_catalog, current_schema',
  'current_schemas(true)',
  'version()',
  'inet_server_addr(), inet_server_port(), pg_is_in_recovery()',
  "current_setting('data_directory')",
  "current_setting('door.user')",
  "current_setting('cluster_name')",
  'pg_sleep(0)',
  'txid_current()',
  'pg_current_wal_lsn()',
  'pg_postmaster_start_time()',
  'pg_database_size(current_database())',
  "pg_total_relation_size('users'), pg_relation_size('users')",
  "to_regclass('users') is null, to_regclass('public.dim_user') is null",
  "obj_description('users'::regclass), col_description('users'::regclass, 1)",
  "pg_get_viewdef('pg_catalog.pg_database'::regclass)",
  'pg_get_userbyid(10), pg_get_userbyid(16400)',
  'pg_my_temp_schema() = 0',
];
export const catalogs: fc.Arbitrary<SqlQuestion> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...relations)
      .map((name) => one(`select * from pg_catalog.${name}${ownRows[name] ?? ''}`)),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...schemaRelations)
      .map((name) => one(`select * from information_schema.${name}${ownRows[name] ?? ''}`)),
  },
  { weight: 4, arbitrary: fc.constantFrom(...functions).map((call) => one(`select ${call}`)) },
  { weight: 1, arbitrary: fc.constantFrom(...relations).map((name) => one(`select count(*) from ${name}`)) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        "select oid, relname, relkind, relnatts, relfilenode, reltuples, relpages, relacl, relowner, xmin from pg_class where relnamespace = 'public'::regnamespace order by oid",
        "select c.*, a.* from pg_class c join pg_attribute a on attrelid = c.oid where relnamespace = 'public'::regnamespace order by c.oid, attnum",
        "select t.* from pg_type t where typnamespace = 'public'::regnamespace order by oid",
        'select datname, pg_encoding_to_char(encoding), datcollate, datacl, oid from pg_database',
        'select * from pg_stat_activity a join pg_database d on d.oid = a.datid left join pg_roles r on r.oid = a.usesysid',
        "select * from pg_depend where refobjid = 'users'::regclass",
        'select count(*) from pg_proc',
        'show all',
        'show search_path',
        "select nspname from pg_namespace where nspname !~ '^pg_(toast_)?temp'",
      )
      .map(one),
  },
  {
    weight: 4,
    arbitrary: strangers
      .chain((name) =>
        fc.constantFrom(
          `select * from pg_database where datname = ${quoted(name)}`,
          `select * from pg_roles where rolname = ${quoted(name)}`,
          `select has_database_privilege(${quoted(name)}, 'connect')`,
          `select has_table_privilege(${quoted(name)}, 'users', 'select')`,
          `select to_regclass(${quoted(name)})`,
          `select pg_has_role(${quoted(name)}, 'usage')`,
          `select * from "${name}"."public"."users"`,
          `select * from "${name}".users`,
          `select * from "${name}"`,
          `set role ${quoted(name)}`,
          `set session authorization ${quoted(name)}`,
          `set door.user = ${quoted(name)}`,
          `set search_path = "${name}"`,
          `execute "${name}"`,
          `fetch all from "${name}"`,
        ),
      )
      .map(one),
  },
);
