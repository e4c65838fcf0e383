// In charge of the database that every catalog is copied from: nothing in it names a neighbour, and what could reach outside is taken away.
import { plannerSchema } from '../plan/schema-sql.ts';
import { sessionNames } from '../plan/session-names.ts';

/** Columns of pg_database, as the clients of ten years name them: psql before 17 asks for daticulocale. */
const databaseColumns = `oid, pg_catalog.current_database() as datname, datdba, encoding, datlocprovider, datistemplate, datallowconn, dathasloginevt,
  datconnlimit, datfrozenxid, datminmxid, dattablespace, datcollate, datctype, datlocale, datlocale as daticulocale, daticurules, datcollversion,
  null::aclitem[] as datacl`;

/**
 * Catalogs that all databases share. Their rows in pg_class belong to each database, so here they get another name, and a view with the old
 * name shows this caller's part alone; PostgreSQL itself goes by number and sees no difference.
 */
const shared: Readonly<Record<string, { readonly oid: number; readonly select: string }>> = {
  pg_database: {
    oid: 1262,
    select: `select ${databaseColumns} from pg_catalog.pg_database_ where datname = door.real_database()`,
  },
  pg_authid: {
    oid: 1260,
    select: `select oid, door."current_user"() as rolname, false as rolsuper, rolinherit, false as rolcreaterole, false as rolcreatedb, rolcanlogin, false as rolreplication,
      false as rolbypassrls, rolconnlimit, null::text as rolpassword, rolvaliduntil from pg_catalog.pg_authid_ where rolname = session_user`,
  },
  pg_auth_members: { oid: 1261, select: 'select * from pg_catalog.pg_auth_members_ where false' },
  pg_db_role_setting: { oid: 2964, select: 'select * from pg_catalog.pg_db_role_setting_ where false' },
  pg_shdescription: { oid: 2396, select: 'select * from pg_catalog.pg_shdescription_ where false' },
  pg_shdepend: { oid: 1214, select: 'select * from pg_catalog.pg_shdepend_ where false' },
  pg_shseclabel: { oid: 3592, select: 'select * from pg_catalog.pg_shseclabel_ where false' },
  pg_parameter_acl: { oid: 6243, select: 'select * from pg_catalog.pg_parameter_acl_ where false' },
  pg_replication_origin: { oid: 6000, select: 'select * from pg_catalog.pg_replication_origin_ where false' },
  pg_subscription: { oid: 6100, select: 'select * from pg_catalog.pg_subscription_ where false' },
};

const renameShared = Object.entries(shared)
  .map(
    ([name, { oid, select }]) => `
update pg_catalog.pg_class set relname = '${name}_' where oid = ${oid};
update pg_catalog.pg_type set typname = '${name}_' where typrelid = ${oid};
revoke all on pg_catalog.${name}_ from public;
create view pg_catalog.${name} as ${select};
grant select on pg_catalog.${name} to public;`,
  )
  .join('');

/** What CURRENT_USER and its like become: the name of the sign-in, while PostgreSQL knows the session by an opaque one. */
const sessionFunctions = Object.values(sessionNames)
  .map((name) => {
    const value =
      name === 'current_catalog'
        ? 'pg_catalog.current_database()'
        : "coalesce(current_setting('door.user', true), '')::name";
    return `create function door."${name}"() returns name language sql stable parallel safe as $$select ${value}$$;`;
  })
  .join('\n');

/** Functions that take or give a role's name know the caller by the name of the sign-in, and nobody else. */
const ownNames = `
create function door.role(name) returns oid language sql stable parallel safe strict as
  $$select (case when $1 = door."current_user"() then session_user::text else pg_catalog.quote_ident($1::text) end)::regrole::oid$$;
create function door.user_of(oid) returns name language sql stable parallel safe as
  $$select case when $1 = session_user::text::regrole::oid then door."current_user"() when $1 = 10 then 'door'::name else ('unknown (OID=' || $1 || ')')::name end$$;
-- What is built in goes by number: this replaces it only while PostgreSQL writes it out where it is called, so each argument stands in it once.
create or replace function pg_catalog.pg_get_userbyid(oid) returns name language sql stable parallel safe as $$select door.user_of($1)$$;
do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature, proname, pronargs from pg_catalog.pg_proc p
    where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^(has_.*_privilege|pg_has_role)$' and proargtypes[0] = 'name'::regtype
      and exists (select from pg_catalog.pg_proc o where o.proname = p.proname and o.pronargs = p.pronargs and o.proargtypes[0] = 'oid'::regtype)
  loop
    execute format('create or replace function pg_catalog.%s returns bool language sql stable parallel safe strict as %L', f.signature,
      format('select pg_catalog.%I(door.role($1), %s)', f.proname, (select string_agg('$' || i, ', ') from generate_series(2, f.pronargs) i)));
  end loop;
end $$;
create or replace view information_schema.enabled_roles as select door."current_user"()::information_schema.sql_identifier as role_name;`;

/** Views over what the whole server does: kept, with their columns, for this session alone or without rows. */
const roleColumns = `door."current_user"() as rolname, false as rolsuper, rolinherit, false as rolcreaterole, false as rolcreatedb, rolcanlogin, false as rolreplication, rolconnlimit,
  '********'::text as rolpassword, rolvaliduntil, false as rolbypassrls, null::text[] collate "C" as rolconfig, oid`;
const restricted = `
create or replace view pg_catalog.pg_roles as select ${roleColumns} from pg_catalog.pg_authid_ where rolname = session_user;
create or replace view pg_catalog.pg_user as select door."current_user"() as usename, oid as usesysid, false as usecreatedb, false as usesuper, false as userepl,
  false as usebypassrls, '********'::text as passwd, rolvaliduntil as valuntil, null::text[] collate "C" as useconfig from pg_catalog.pg_authid_ where rolname = session_user;
create or replace view pg_catalog.pg_group as select rolname as groname, oid as grosysid, '{}'::oid[] as grolist from pg_catalog.pg_authid_ where false;
create or replace view pg_catalog.pg_stat_activity as select d.oid as datid, d.datname, pg_catalog.pg_backend_pid() as pid, null::integer as leader_pid,
  r.oid as usesysid, r.rolname as usename, current_setting('application_name') as application_name, null::inet as client_addr, null::text as client_hostname,
  null::integer as client_port, null::timestamptz as backend_start, now() as xact_start, statement_timestamp() as query_start, statement_timestamp() as state_change,
  null::text as wait_event_type, null::text as wait_event, 'active'::text as state, null::xid as backend_xid, null::xid as backend_xmin, null::bigint as query_id,
  ''::text as query, 'client backend'::text as backend_type from pg_catalog.pg_database d, pg_catalog.pg_roles r;
do $$ declare v record; definition text; begin
  for v in select relname, string_agg(format('null::%s%s as %I', format_type(atttypid, atttypmod), case attcollation when '"C"'::regcollation then ' collate "C"' else '' end, attname), ', ' order by attnum) as columns
    from pg_catalog.pg_class join pg_catalog.pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'pg_catalog'::regnamespace and relkind = 'v' and relname ~ '^pg_(stat_(ssl|gssapi|database|database_conflicts|replication|wal_receiver|progress_.*|io|wal|slru|archiver|bgwriter|checkpointer|recovery_prefetch|replication_slots|subscription|subscription_stats)|locks|prepared_xacts|shmem_allocations.*|backend_memory_contexts|replication_slots|replication_origin_status|file_settings|hba_file_rules|ident_file_mappings|aios|config|shadow|user_mappings|wait_events)$'
    group by relname
  loop
    execute format('create or replace view pg_catalog.%I as select %s where false', v.relname, v.columns);
  end loop;
  -- Settings name files of this machine.
  definition := rtrim(pg_catalog.pg_get_viewdef('pg_catalog.pg_settings'::regclass), '; ');
  execute format('create or replace view pg_catalog.pg_settings as select name, setting, unit, category, short_desc, extra_desc, context, vartype, source, min_val, max_val, enumvals, boot_val, reset_val, null::text as sourcefile, null::integer as sourceline, pending_restart from (%s) as s where name !~ %L', definition,
    '(directory|_file|_files|library|libraries|_command|^port$|krb|ssl_|^data_|_path$|cluster_name|event_source|external_pid|primary_|unix_|listen_|log_|restore|archive|recovery)');
end $$;`;

/** Functions that wait, write, signal, read files or tell of the server. The guard's list of what may be called is the first wall, this is the second. */
const revoked =
  '^(pg_sleep|set_config$|pg_(try_)?advisory|lo_|loread|lowrite|.*_to_xml|.*_to_xmlschema|pg_(cancel|terminate)_backend|pg_notify|pg_ls_|pg_read_|pg_stat_(reset|clear|force|have|file)|' +
  'pg_stat_get_(activity|backend|db_|wal|progress|archiver|bgwriter|checkpointer|io|slru|replication|subscription|recovery|snapshot|buf|xact_db|lsn)|' +
  'pg_(database|tablespace)_size|ts_stat|pg_export_snapshot|pg_logical|pg_show_all_file|pg_lock_status|pg_get_functiondef|' +
  'pg_prepared_xact|pg_create|pg_drop|pg_replication|pg_postmaster|pg_conf_load|inet_client|pg_current_(xact|wal|snapshot)|txid_|pg_safe_snap|pg_blocking|' +
  'pg_log_backend|pg_get_(wal|backend|publication|shmem|catalog_f)|pg_restore|pg_clear|brin_|gin_clean|binary_upgrade|pg_promote|pg_rotate|pg_reload|' +
  'pg_tablespace_|pg_import|pg_config$|pg_hba|pg_ident|pg_control|pg_backup|pg_start|pg_stop|pg_switch|pg_wal|pg_listening|pg_collation_actual|query_to|table_to|schema_to|database_to|cursor_to|currtid)';

export const templateSql = `
set allow_system_table_mods = on;
create schema door;
create function door.real_database() returns name language internal stable strict as 'current_database';
${sessionFunctions}
${renameShared}
${restricted}
create function door.raise(code text, problem text, hint text default '') returns void language plpgsql stable as
  $$begin raise exception using errcode = code, message = problem, hint = hint; end$$;
create function door.refuse() returns bool language plpgsql stable cost 0.0000001 as
  $$begin raise exception using errcode = '0A000', message = 'this use of a semantic view cannot be answered exactly', hint = 'Select the view''s measures and dimensions with GROUP BY, in a select of its own.'; end$$;
create function door.one(state anyelement, next anyelement) returns anyelement language plpgsql strict immutable as
  $$begin raise exception using errcode = '0A000', message = 'measure() over more than one row of a group cannot be answered exactly', hint = 'Group by members of the view or by date_trunc of them.'; end$$;
-- The database has an opaque name of its own; the caller asks by the tenant's.
create or replace function pg_catalog.has_database_privilege(text, text) returns bool language sql stable parallel safe as
  $$select $1 = pg_catalog.current_database()::text and lower($2) in ('connect', 'temp', 'temporary')$$;
${ownNames}
create aggregate public.measure(anyelement) (sfunc = door.one, stype = anyelement);
${plannerSchema.join(';\n')};
grant usage on schema door_one, door_sum, door_count, door_min, door_max to public;
revoke all on schema public from public;
grant usage on schema public to public;
grant usage on schema door to public;
do $$ declare f regprocedure; begin
  for f in select oid::regprocedure from pg_catalog.pg_proc where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and proname ~ '${revoked}'
  loop execute format('revoke execute on function %s from public', f); end loop;
end $$;
revoke usage on language plpgsql from public;
revoke usage on language sql from public;
revoke select on pg_catalog.pg_largeobject_metadata, pg_catalog.pg_stats, pg_catalog.pg_stats_ext, pg_catalog.pg_stats_ext_exprs from public;
revoke update on pg_catalog.pg_settings from public;
`;
