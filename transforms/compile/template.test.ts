// The language of models is closed, and its errors say where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColumnMeta, type TableMeta, tableMeta } from '../table-meta.ts';
import { orderModels } from './graph.ts';
import { type ModelFiles, readModel } from './model.ts';
import { parseTemplate } from './template.ts';
import { localDay, varAsSql } from './vars.ts';

const attacks = [
  "{{ ''.constructor.constructor('return process')().pid }}",
  "{{ range.constructor('return process.pid')() }}",
  "{{ constructor.constructor('return 7*7')() }}",
  "{{ ref.constructor('return 9')() }}",
  "{{ ref('a').constructor }}",
  "{{ [1]['con'~'structor'].name }}",
  "{% set c = 'constructor' %}{{ ref[c]('return 9')() }}",
  "{{ cycler.constructor('return 8')() }}",
  "{{ [{a:1}]|groupby('constructor.name')|dump }}",
  '{{ __proto__ }}',
  "{{ toString.constructor('return 5')() }}",
  '{{ constructor() }}',
  '{{ toString() }}',
  "{{ __defineGetter__('a') }}",
  '{{ self.constructor }}',
  "{{ joiner.call.constructor('return 6')() }}",
  "{% macro m() %}1{% endmacro %}{{ m.constructor('return 4')() }}",
  '{{ caller.constructor }}',
  "{{ ('a'|safe).constructor.constructor('return 3')() }}",
  '{% for i in range(1e9) %}{% endfor %}',
  '{{ r/(a+)+$/ }}',
  "{% include '/etc/passwd' %}",
  "{% import 'x' as y %}",
  "{% extends 'x' %}",
  "{% if ref('a').b %}{% endif %}",
  "{{ 'raw text' }}",
  '{{ 1 + 1 }}',
  '{{ ref(nope) }}',
  '{{ ref() }}',
  "{{ ref('a', 'b') }}",
  "{{ ref('a', name='b') }}",
  "{{ ref('a' + 'b') }}",
  "{{ config(kind=ref('a')) }}",
];

test('everything but the functions of models is refused, with file and line', () => {
  for (const attack of attacks) {
    assert.throws(
      () => parseTemplate(`select 1\n${attack}`, 'some.sql'),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'MODEL_TEMPLATE_INVALID', attack);
        assert.match(error.message, /^some\.sql:2: /, attack);
        return true;
      },
    );
  }
});

test('an unclosed tag is refused with its file', () => {
  assert.throws(() => parseTemplate("select {{ ref('a'", 'some.sql'), { code: 'MODEL_TEMPLATE_INVALID' });
});

test('a variable is written as a literal that cannot end early', () => {
  const vars = {
    tenant: "x' or 1=1 --",
    org_id: '',
    time_zone: 'UTC',
    as_of: new Date('2026-01-01T00:00:00Z'),
    display_name: '',
    status: 'active',
  } as const;
  assert.equal(varAsSql(vars, 'tenant', 'f.sql'), "'x'' or 1=1 --'");
  assert.equal(varAsSql(vars, 'as_of', 'f.sql'), "timestamptz '2026-01-01T00:00:00.000Z'");
  assert.throws(() => varAsSql(vars, 'constructor', 'f.sql'), { code: 'MODEL_INVALID' });
});

test("the day of an instant is the tenant's", () => {
  assert.equal(localDay(new Date('2026-01-01T00:00:00Z'), 'America/New_York'), '2025-12-31');
  assert.equal(localDay(new Date('2026-01-01T00:00:00Z'), 'Asia/Kolkata'), '2026-01-01');
});

const meta = (name: string) =>
  tableMeta({
    name,
    grain: 'g',
    about: 'a',
    key: ['id'],
    columns: { id: { type: 'VARCHAR', about: 'Id.' } },
  }) as unknown as TableMeta<Record<string, ColumnMeta>>;
const model = (name: string, sql: string, more: Partial<ModelFiles> = {}) =>
  readModel({ name, layer: 'silver', file: `${name}.sql`, sql, meta: meta(name), ...more });

test('models are ordered so that each comes after those that it reads', () => {
  const { models } = orderModels(
    [
      model('a', "select * from {{ ref('c') }}"),
      model('b', "select * from {{ source('okta', 'users') }}"),
      model('c', "select * from {{ ref('b') }}"),
    ],
    ['okta__users'],
  );
  assert.deepEqual(
    models.map(({ name }) => name),
    ['b', 'c', 'a'],
  );
});

test('an unknown name says file, line and what was probably meant', () => {
  assert.throws(
    () => orderModels([model('persons', 'select 1'), model('b', "select 1\nfrom {{ ref('person') }}")], []),
    {
      code: 'MODEL_REF_UNKNOWN',
      message: /^b\.sql:2: there is no table 'person'; did you mean 'persons'\?/,
    },
  );
  assert.throws(() => orderModels([model('b', "from {{ source('okta', 'user') }}")], ['okta__users']), {
    message: /did you mean 'okta__users'/,
  });
  assert.throws(() => orderModels([model('b', "from {{ ref('zzzzzzzzzz') }}")], ['okta__users']), {
    message: /there is no table 'zzzzzzzzzz'\. Names/,
  });
});

test('a circle is named with the file and line of each step', () => {
  const circle = [
    model('a', "\nfrom {{ ref('b') }}"),
    model('b', "from {{ ref('c') }}"),
    model('c', "\n\nfrom {{ ref('a') }}"),
  ];
  assert.throws(() => orderModels(circle, []), {
    code: 'MODEL_CYCLE',
    message: /a \(a\.sql:2\) -> b \(b\.sql:1\) -> c \(c\.sql:3\) -> a/,
  });
  assert.throws(() => orderModels([model('a', "from {{ ref('a') }}")], []), {
    code: 'MODEL_CYCLE',
    message: /a \(a\.sql:1\) -> a/,
  });
});

test('what a table gained is told only of tables that grow', () => {
  const reader = model('b', "{{ config(kind='merge') }} from {{ added('a') }}");
  assert.throws(() => orderModels([model('a', 'select 1'), reader], []), {
    code: 'MODEL_TEMPLATE_INVALID',
    message: /needs a model of kind append/,
  });
  orderModels([model('a', "{{ config(kind='append') }} select 1"), reader], []);
  assert.throws(() => model('a', "from {{ added('okta', 'log') }}"), {
    code: 'MODEL_INVALID',
    message: /added\(\) is for kinds append and merge/,
  });
});

test('a folder whose files do not fit is refused', () => {
  assert.throws(() => model('a', "{{ config(kind='snapshot') }}"), { code: 'MODEL_INVALID' });
  assert.throws(() => model('a', "{{ config(colour='red') }}"), { code: 'MODEL_INVALID' });
  assert.throws(() => model('a', 'select 1', { meta: meta('b') }), {
    code: 'MODEL_INVALID',
    message: /named 'b' instead of 'a'/,
  });
});
