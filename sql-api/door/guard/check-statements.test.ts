// The wall: what passes and what does not, over statements, functions, settings and names, however they are hidden.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '@tessera/base';
import { planSql } from '../plan/plan-sql.ts';
import { views } from '../plan/test/fixed-table.ts';

const plan = (sql: string) => planSql(sql, { views, maxRows: 10 });

describe('what is refused (attacks 106, 108, 110)', () => {
  const rows: readonly (readonly [sqlstate: string, ...statements: string[]])[] = [
    [
      '42501',
      'set role x',
      'set session authorization x',
      'reset role',
      "set local role 'x'",
      'alter role x superuser',
      'alter system set x = 1',
      'do $$begin end$$',
      'copy t from stdin',
      "copy (select 1) to program 'x'",
    ],
    [
      '42501',
      'listen x',
      'notify x',
      'unlisten *',
      "load 'x'",
      'vacuum',
      'checkpoint',
      'lock table sales',
      'call f()',
      'create function f() returns int language sql as $$select 1$$',
      'create view v as select 1',
      'create schema s',
      'create extension dblink',
      'drop view sales',
      'drop schema public',
      'drop table pg_catalog.pg_class',
      'grant select on sales to x',
      'comment on table sales is null',
      'security label on table sales is null',
      "prepare transaction 'x'",
      'create materialized view m as select 1',
      'import foreign schema x from server y into z',
      'refresh materialized view m',
      'cluster sales',
      'reindex table sales',
      'analyze sales',
      'explain analyze create materialized view m as select 1',
      'create temp table t as execute p',
      'prepare p as insert into pg_temp.t values (1)',
    ],
    [
      '42501',
      'select pg_sleep(1)',
      'select PG_CATALOG.pg_sleep_for($$1 s$$)',
      'select "pg_read_file"(\'x\')',
      "select pg_ls_dir('.')",
      "select lo_import('x')",
      "select * from dblink('x', 'y') as t(a int)",
      "select set_config('role', 'x', false)",
      'select pg_advisory_lock(1)',
      "select query_to_xml('select 1', true, true, '')",
      'select table_to_xml(1, true, true, null)',
      "select pg_notify('a', 'b')",
      'select pg_terminate_backend(1)',
      "select repeat('x', 900000000)",
      "select format('%900000000s', 'x')",
      "select lpad('x', 900000000)",
      'select txid_current()',
      'select pg_stat_get_activity(1)',
      "select nextval('x')",
      'select public.measure_of(1)',
      'select door.refuse()',
      'select door_sum.sum(1::float8)',
      "select currtid2('x', '(0,0)')",
    ],
    [
      '42501',
      'select 1 from (select pg_sleep(1)) x',
      'with x as (select pg_sleep(1)) select * from x',
      'declare c cursor for select pg_sleep(1)',
      'explain analyze select pg_sleep(1)',
      'prepare p as select pg_sleep(1)',
      'create temp table t as select pg_sleep(1)',
      'select 1 order by pg_sleep(1)',
      'select sum(1) filter (where pg_sleep(1) is null)',
      'select 1; select pg_sleep(1)',
      'select * from generate_series(1, 2) x, lateral (select pg_sleep(1)) y',
      'insert into t select pg_sleep(1)',
      'execute p(pg_sleep(1))',
      'create temp table t (a int default pg_sleep(1))',
    ],
    [
      '42501',
      "select 'x'::regrole",
      'select 10::oid::pg_catalog.regrole',
      "select cast('{x}' as regrole[])",
      'select * from door.pg_x',
      'select * from other.t',
      'select * from db.public.sales',
      'select 1 operator(door.+) 2',
      'select null::door.t',
    ],
    [
      '42501',
      "set work_mem = '1GB'",
      'set statement_timeout_x = 1',
      'set temp_file_limit = -1',
      "set session_preload_libraries = 'x'",
      "set log_statement = 'all'",
      'set allow_system_table_mods = on',
    ],
    [
      '22023',
      "set timezone = 'Mars/Base'",
      "set client_encoding = 'latin1'",
      'set standard_conforming_strings = off',
      "set statement_timeout = '2h'",
      'set search_path = door, public',
      'set row_security = off',
      'set extra_float_digits = 99',
      "set time zone interval '1' hour to minute",
    ],
    [
      '25006',
      'insert into sales values (1)',
      'insert into public.sales select 1',
      'update sales set n = 1',
      'delete from sales',
      'truncate sales',
      'merge into sales using raw on true when matched then delete',
      'drop table sales',
      'with x as (delete from t returning 1) select * from x',
      'with x as (insert into pg_temp.t values (1) returning 1) select * from x',
      'explain insert into x values (1)',
      'create table t as select 1',
      'create table t (a int)',
      'select 1 into t',
      'insert into public.t values (1)',
      'create unlogged table t (a int)',
      'explain analyze delete from sales',
    ],
  ];
  for (const [sqlstate, ...statements] of rows)
    for (const sql of statements)
      it(`${sql} → ${sqlstate}`, () => {
        assert.throws(
          () => plan(sql),
          (error) => {
            assert.ok(error instanceof Fault, String(error));
            assert.ok(
              error.sqlstate === sqlstate ||
                (sqlstate === '25006' && sql.startsWith('explain') && error.sqlstate === '42501'),
              `${error.sqlstate} ${error.message}`,
            );
            return true;
          },
        );
      });
});

describe('what passes', () => {
  const rows = [
    '',
    ' ; ',
    'select 1',
    'select version(), current_database(), current_schema()',
    "set datestyle to 'ISO, MDY'",
    'set extra_float_digits = 3',
    "set application_name = 'Tableau'",
    "set time zone 'Asia/Kolkata'",
    'set timezone to default',
    'reset all',
    'show transaction isolation level',
    'set session characteristics as transaction isolation level read committed',
    'begin transaction isolation level serializable read only; savepoint a; rollback to a; release a; commit',
    'declare c scroll cursor with hold for select * from pg_class',
    'fetch forward 10 from c; move c; close all',
    'discard all; deallocate all',
    'create temp table t (a int primary key, b text not null) on commit preserve rows',
    "insert into t values (1, 'x')",
    'drop table if exists t',
    "select c.relname, pg_catalog.pg_get_userbyid(c.relowner), pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid where c.relname operator(pg_catalog.~) '^(sales)$' collate pg_catalog.default",
    "select 'sales'::regclass::oid, 'int4'::regtype, 'now'::regproc",
    "select nspname from pg_namespace where has_schema_privilege(nspname, 'USAGE')",
    'select (information_schema._pg_expandarray(i.indkey)).n from pg_index i',
    "select extract(epoch from now()), to_char(now(), 'YYYY'), interval '1 day' * 2, now() at time zone 'UTC'",
    'select array[1, 2], row(1, 2), (array[1])[1], 1 is distinct from 2, 5 between symmetric 1 and 3',
    "select x.a from jsonb_each('{}') x(a, b)",
    "execute p(1, 'x')",
  ];
  for (const sql of rows) it(sql || '(nothing)', () => assert.doesNotThrow(() => plan(sql)));
});
