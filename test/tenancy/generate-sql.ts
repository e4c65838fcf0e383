// SQL of every kind that fast-check can think of: views in all clauses, catalogs, sessions, refusals, and texts with a word too many.
import fc from 'fast-check';
import { namesOf, texts, views } from './generate.ts';
import { catalogs, one, quoted, strangers } from './generate-catalog-sql.ts';
import type { SqlQuestion } from './sql-wire.ts';
import { hiddenViews } from './walls.ts';

const days = fc.constantFrom('2026-01-01', '2026-01-05', '2026-01-12', '2026-01-20');
const bare = (name: string) => name.slice(name.indexOf('.') + 1);

/** A condition on a dimension of the view, by type. */
const conditionFor: Readonly<Record<string, (name: string) => fc.Arbitrary<string>>> = {
  string: (name) =>
    fc.oneof(
      texts.map((value) => `${name} = ${quoted(value)}`),
      fc.array(texts, { minLength: 1, maxLength: 3 }).map((list) => `${name} not in (${list.map(quoted).join(', ')})`),
      texts.map((value) => `${name} ilike ${quoted(`%${value}%`)}`),
      fc.constantFrom(`${name} is null`, `${name} is not null`, `length(${name}) > 2`, `${name} = current_user`),
    ),
  boolean: (name) => fc.constantFrom(name, `not ${name}`, `${name} is not true`),
  time: (name) =>
    fc.oneof(
      days.map((day) => `${name} >= date ${quoted(day)}`),
      fc.tuple(days, days).map(([a, b]) => `${name} between ${quoted(a)} and ${quoted(b)}`),
      fc.constant(`${name} < now() + interval '40 years'`),
    ),
};
const keyOf = (name: string, type: string | undefined): fc.Arbitrary<string> =>
  type === 'time'
    ? fc.constantFrom(name, `date_trunc('month', ${name})`, `${name}::date`, `to_char(${name}, 'YYYY-MM')`)
    : fc.constantFrom(name, name, name, `upper(${name}::text)`);

interface Select {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly where: readonly string[];
  readonly view: string;
}
/** The parts of a SELECT over one view; not every one can be answered exactly. */
const selects: fc.Arbitrary<Select> = fc.constantFrom(...views).chain((view) => {
  const { measures, dimensions, typed } = namesOf(view);
  const key = fc.constantFrom(...dimensions).chain((name) => keyOf(bare(name), typed.get(name)));
  const value =
    measures.length === 0
      ? fc.constant('count(*)')
      : fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...measures).map((name) => `measure(${bare(name)})`) },
          { weight: 2, arbitrary: fc.constant('count(*)') },
          { weight: 1, arbitrary: fc.constantFrom(...measures).map((name) => `sum(${bare(name)})`) },
          { weight: 1, arbitrary: fc.constantFrom(...dimensions).map((name) => `count(distinct ${bare(name)})`) },
        );
  const condition = fc
    .constantFrom(...dimensions)
    .chain((name) => (conditionFor[typed.get(name) ?? 'string'] ?? fc.constant)(bare(name)));
  return fc.record({
    view: fc.constant(view),
    keys: fc.uniqueArray(key, { maxLength: 2 }),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
    where: fc.array(condition, { maxLength: 2 }),
  });
});
const whereOf = ({ where }: Select) => (where.length > 0 ? ` where ${where.join(' and ')}` : '');
const grouped = (select: Select): string => {
  const { view, keys, values } = select;
  const group = keys.length > 0 ? ` group by ${keys.map((_, at) => at + 1).join(', ')}` : '';
  return `select ${[...keys, ...values].join(', ')} from ${view}${whereOf(select)}${group}`;
};
/** All columns are in it, so that there are no ties. */
const sorted = (select: Select): string =>
  `${grouped(select)} order by ${[...select.keys, ...select.values].map((_, at) => at + 1).join(', ')}`;

const ways: readonly ((select: Select) => SqlQuestion)[] = [
  (select) => one(grouped(select)),
  (select) => one(sorted(select)),
  (select) => one(`${sorted(select)} limit 3`),
  (select) => one(`with q as (${grouped(select)}) select count(*) from q`),
  (select) => one(`select q.*, row_number() over () from (${sorted(select)}) q`),
  (select) => one(`${grouped(select)} union all ${grouped(select)} order by 1`),
  // What is explained shows its values: the time of a clock is another on each server.
  (select) => one(`explain ${grouped({ ...select, where: select.where.filter((text) => !text.includes('now()')) })}`),
  (select) => one(`select ${select.keys.join(', ') || '*'} from ${select.view}${whereOf(select)}`),
  (select) => one(`select * from ${select.view}${whereOf(select)}`),
  (select) => [{ sql: `prepare p as ${grouped(select)}` }, { sql: 'execute p' }, { sql: 'deallocate p' }],
  (select) => [
    { sql: 'begin' },
    { sql: `declare c cursor for ${sorted(select)}` },
    { sql: 'fetch 2 from c' },
    { sql: 'fetch all from c' },
    { sql: 'rollback' },
  ],
  (select) => [
    { sql: `create temp table kept as ${sorted(select).replace(/ order by .*/, '')}` },
    { sql: 'select count(*) from kept' },
    { sql: 'drop table if exists kept' },
  ],
  (select) => [
    { sql: 'begin' },
    { sql: grouped(select) },
    { sql: 'select 1/0' },
    { sql: 'select 1' },
    { sql: 'rollback' },
  ],
];
const ofViews: fc.Arbitrary<SqlQuestion> = fc
  .tuple(fc.constantFrom(...ways), selects)
  .map(([way, select]) => way(select));

/** Values as parameters of the extended protocol. */
const withParameters: fc.Arbitrary<SqlQuestion> = fc.tuple(selects, texts).chain(([select, value]) => {
  const { dimensions, typed } = namesOf(select.view);
  const ofText = dimensions.filter((name) => typed.get(name) === 'string');
  return fc.constantFrom(...ofText).map((name): SqlQuestion => {
    const where = [...select.where, `${bare(name)} = $1`];
    return [{ sql: sorted({ ...select, where }), params: [value] }];
  });
});

/** Members that nobody may name, tables behind the views, and what is no reading; each with its place in the text. */
const refused: fc.Arbitrary<SqlQuestion> = fc.oneof(
  fc.constantFrom(...views).map((view) => one(`select tenant_id from ${view}`)),
  fc.constantFrom(...views).map((view) => one(`select ${view}.tenant_id, count(*) from ${view} group by 1`)),
  fc
    .tuple(fc.constantFrom(...views), strangers)
    .map(([view, name]) => one(`select count(*) from ${view} where tenant_id = ${quoted(name)}`)),
  fc
    .constantFrom(
      'dim_user',
      'fact_issue',
      'gold.dim_user',
      'planets',
      'users_',
      'main.dim_user',
      '"dim_user"',
      'acme.public.users',
    )
    .map((name) => one(`select 'näive €', * from ${name}`)),
  fc
    .constantFrom('nope', 'email_token', 'tenant_id', 'org_ids', '__user')
    .map((name) => one(`select 'é', ${name} from users`)),
  fc
    .constantFrom(
      "select read_csv('/etc/passwd')",
      "select * from read_parquet('x')",
      'delete from users',
      "update users set email = 'x'",
      'create table mine (a int)',
      'copy users to stdout',
      'do $$begin end$$',
      'listen x',
      'vacuum',
      'select email, user_count from users',
      'select email, measure(user_count) from users',
      'select measure(mfa_adoption_pct) from users group by upper(department)',
      "select * from users where email = 'p1@shared.example'",
      'select email, count(*) from users group by 1 order by 1',
      'select count(*) from users where email is not null',
      'select u.department, count(*) from users u join users v on u.email = v.email group by 1',
      'select department, measure(user_count) from users group by 1 having measure(user_count) > 2 order by 1',
      'select 1 from',
      'select (',
      "select 'unfinished",
      'select $1',
      '',
      ';',
      'select 1; select count(*) from users; select nope',
    )
    .map(one),
);

const words =
  "select from where group by ( ) , * '' ; :: $1 1 null users department measure( limit union all case end in not $$ -- \\ é".split(
    ' ',
  );
/** A statement with a word in a place where it may not be: errors have a place and a sentence. */
const spoiled: fc.Arbitrary<SqlQuestion> = fc
  .tuple(fc.oneof(ofViews, catalogs), fc.constantFrom(...words), fc.nat(60))
  .map(([[first], word, place]) => {
    const parts = (first?.sql ?? '').split(' ');
    const at = place % (parts.length + 1);
    return one([...parts.slice(0, at), word, ...parts.slice(at)].join(' '));
  })
  // What a spoiled statement leaves open would be the next one's.
  .map((steps): SqlQuestion => [...steps, { sql: 'rollback' }, { sql: 'discard all' }]);

export const sqlOfViews: fc.Arbitrary<SqlQuestion> = ofViews;
/** What a gate that is down lets through: the tables behind the views, with the tenant of each row, grouped, raw, and by what they hold of strangers. */
export const sqlOfHidden: fc.Arbitrary<SqlQuestion> = fc
  .tuple(fc.constantFrom(...hiddenViews.map(({ name }) => name)), strangers.map(quoted))
  .chain(([table, stranger]) =>
    fc.constantFrom(
      ...[
        `select tenant_id from ${table} group by 1`,
        `select distinct tenant_id from ${table} where tenant_id <> current_database()`,
        `select tenant_id from ${table} where tenant_id = ${stranger} group by 1`,
        `select tenant_id from ${table} where tenant_id in (${stranger}, current_database()) group by 1 order by 1`,
        `select upper(tenant_id) from ${table} group by 1`,
        `select * from ${table}`,
      ].map(one),
    ),
  );
export const sqlQuestions: fc.Arbitrary<SqlQuestion> = fc.oneof(
  { weight: 5, arbitrary: ofViews },
  { weight: 2, arbitrary: withParameters },
  { weight: 5, arbitrary: catalogs },
  { weight: 2, arbitrary: refused },
  { weight: 2, arbitrary: spoiled },
);
