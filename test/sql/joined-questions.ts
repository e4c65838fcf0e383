// Generated questions over issues and status changes joined with the projects that they refer to, as BI tools write it, and the same in plain SQL of gold.
import fc from 'fast-check';
import type { GoldCopy, Values } from '../cube/served-tenants.ts';
import type { Question } from './wide-questions.ts';

const projects: readonly Values[] = [
  { project_id: '1', project_key: 'OPS', project_name: 'Operations', project_type: 'software', visibility: 'visible' },
  { project_id: '2', project_key: 'DEV', project_name: "O'Hara", project_type: 'software', visibility: 'archived' },
  { project_id: '3', project_key: 'näive', project_name: 'Operations', project_type: null, visibility: 'visible' },
  { project_id: '4', project_key: 'LONE', project_name: '100%', project_type: 'business', visibility: 'not_visible' },
];

/** Issues and changes of these projects, of one that nobody knows, and none of the last; and views of what a view's rows are. */
export async function fillProjects(copy: GoldCopy, below: (n: number) => number): Promise<void> {
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const day = () => `2026-0${1 + below(6)}-1${below(9)}`;
  const issues = Array.from({ length: 150 }, (_, i): Values => {
    const counts = below(3) > 0;
    return {
      issue_id: `i${i}`,
      issue_key: `K-${i}`,
      project_id: one(['1', '1', '2', '3', '9']),
      issue_type: one(['bug', 'task']),
      priority: one(['High', 'Low']),
      created_on: day(),
      created_at: `${day()} 0${below(9)}:30:00`,
      is_open: below(2) === 0,
      is_deleted: below(12) === 0,
      counts_for_mttr: counts,
      ms_to_resolve: counts ? 1_800_000 * (1 + below(90)) : null,
      reopen_count: below(3),
    };
  });
  const changes = Array.from(
    { length: 120 },
    (_, i): Values => ({
      issue_id: `i${below(150)}`,
      transition_id: `t${i}`,
      project_id: one(['1', '2', '2', '9']),
      occurred_on: day(),
      occurred_at: `${day()} 0${below(9)}:00:00`,
      from_category: one(['new', 'done']),
      to_category: one(['done', 'in_progress']),
      is_close: below(2) === 0,
      is_reopen: below(4) === 0,
    }),
  );
  await copy.insert('dim_project', projects);
  await copy.insert('fact_issue', issues);
  await copy.insert('fact_issue_transition', changes);
  const looked = (table: string) =>
    `select t.*, l.project_key, l.project_name from ${table} t left join dim_project l on l.project_id = t.project_id`;
  await copy.driver.query(`create view gold_issues as ${looked('fact_issue')} where not is_deleted`, []);
  await copy.driver.query(`create view gold_changes as ${looked('fact_issue_transition')}`, []);
}

interface Both {
  readonly door: string;
  readonly gold: string;
}
const both = (text: string, gold = text): Both => ({ door: text, gold });

interface Fact {
  readonly view: string;
  readonly gold: string;
  readonly keys: readonly string[];
  readonly adding: readonly Both[];
  readonly whole: readonly Both[];
  readonly filters: readonly string[];
}
const everywhere = ['min(p.project_name)', 'count(distinct p.visibility)', "max(coalesce(p.project_type, 'x'))"].map(
  (text) => both(text),
);
const facts: readonly Fact[] = [
  {
    view: 'issues',
    gold: 'gold_issues',
    keys: ['f.priority', "date_trunc('month', f.created_on)::date", 'f.issue_type'],
    adding: [
      both('measure(f.issue_count)', 'count(f.issue_id)'),
      both('sum(f.issue_count)', 'count(f.issue_id)'),
      both('count(*)'),
      both('measure(f.open_issues)', 'count(*) filter (where f.is_open)'),
      both(
        "sum(f.issue_count) filter (where p.visibility = 'visible')",
        "count(*) filter (where p.visibility = 'visible')",
      ),
      both(
        "sum(case when p.project_type = 'software' then f.open_issues else 0 end)",
        "sum(case when p.project_type = 'software' then case when f.is_open then 1 when f.issue_id is not null then 0 end else 0 end)",
      ),
      ...everywhere,
    ],
    whole: [
      both(
        'measure(f.ttr_median_hours)',
        'quantile_cont(f.ms_to_resolve, 0.5) filter (where f.counts_for_mttr) / 3600000',
      ),
    ],
    filters: ["f.priority = 'High'", "f.created_on >= date '2026-03-01'", 'f.is_open', "f.issue_key like '%1'"],
  },
  {
    view: 'issue_transitions',
    gold: 'gold_changes',
    keys: ['f.from_category', "date_trunc('quarter', f.occurred_on)::date"],
    adding: [
      both('measure(f.transition_count)', 'count(f.transition_id)'),
      both('count(*)'),
      both(
        'sum(f.closes) - sum(f.reopens)',
        'count(*) filter (where f.is_close) - count(*) filter (where f.is_reopen)',
      ),
      ...everywhere,
    ],
    whole: [],
    filters: ["f.to_category = 'done'", "f.occurred_on < date '2026-05-01'"],
  },
];
const sharedKeys = [
  'p.project_name',
  'p.visibility',
  'f.project_key',
  'p.project_type',
  'upper(p.project_name)',
  'f.project_name',
];
const sharedFilters = [
  ...[
    "p.visibility = 'visible'",
    "p.project_name like 'O%'",
    'p.project_type is null',
    "p.project_key in ('OPS', 'DEV')",
  ],
  ...["(p.visibility <> 'archived' or f.project_key = 'DEV')", 'f.project_key is not null'],
];
const inner = (fields: string) => fields.replace(/\w+/g, '"$Outer".$&');

interface Joined {
  readonly from: string;
  readonly f: string;
  readonly p: string;
  readonly where?: string;
}
/** `$f` and `$p` are the views; `$c` what a sub-select hands on of the first. */
const joins: readonly Joined[] = [
  { from: '$f f left join $p p on f.project_key = p.project_key', f: 'f', p: 'p' },
  { from: '$f f inner join $p p on p.project_key = f.project_key', f: 'f', p: 'p' },
  { from: '$p p right join $f f on p.project_key = f.project_key', f: 'f', p: 'p' },
  { from: '$p p left join $f f on f.project_key = p.project_key', f: 'f', p: 'p' },
  { from: '$f f, $p p', f: 'f', p: 'p', where: 'f.project_key = p.project_key' },
  { from: '$f f left join $p p using (project_key)', f: 'f', p: 'p' },
  { from: '$f f join $p p on f.project_key is not distinct from p.project_key', f: 'f', p: 'p' },
  {
    from: `$f f left join $p p on f.project_key = p.project_key or (f.project_key is null and p.project_key is null)`,
    f: 'f',
    p: 'p',
  },
  { from: "$f f left join $p p on f.project_key = p.project_key and p.visibility <> 'archived'", f: 'f', p: 'p' },
  {
    from: '$f f left join $p p on f.project_key = p.project_key join $p q on q.project_key = f.project_key and q.project_type is not null',
    f: 'f',
    p: 'p',
  },
  {
    from: `(select $c, "$Inner".visibility, "$Inner".project_type, "$Inner".project_key as key2 from (select * from $f "$Table") "$Outer"
      left outer join (select project_key, visibility, project_type from $p "$Table") "$Inner" on ("$Outer".project_key = "$Inner".project_key)) "rows"`,
    f: '"rows"',
    p: '"rows"',
  },
];

const pick = <T>(list: readonly T[], maxLength: number) => fc.uniqueArray(fc.constantFrom(...list), { maxLength });

const listed: Readonly<Record<string, readonly [door: string, gold: string]>> = {
  issues: [
    'issue_key, project_key, project_name, priority, issue_type, created_on, is_open, issue_count, open_issues, ttr_median_hours',
    'issue_key, project_key, project_name, priority, issue_type, created_on, is_open, issue_id, ms_to_resolve, counts_for_mttr',
  ],
  issue_transitions: [
    'project_key, from_category, to_category, occurred_on, transition_count, closes, reopens',
    'project_key, from_category, to_category, occurred_on, transition_id, is_close, is_reopen',
  ],
};

/** What a sub-select does not hand on is not asked of it. */
const isThere = ({ f, p }: Joined, { view }: Fact, text: string) =>
  (f !== p || !/p\.project_(name|key)/.test(text)) && !(view === 'issue_transitions' && /f\.project_name/.test(text));

const question = (fact: Fact, exact: boolean): fc.Arbitrary<Question> =>
  fc
    .record({
      join: fc.constantFrom(...joins),
      by: pick([...(exact ? ['f.project_key'] : []), ...fact.keys, ...sharedKeys], 3),
      values: pick([...fact.adding, ...(exact ? fact.whole : [])], 3),
      filters: pick([...fact.filters, ...sharedFilters], 2),
      ending: fc.constantFrom('', '', 'limit', 'having', 'wrapped'),
      most: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ join, by: keys, values: chosen, filters, ending, most }) => {
      const fits = (text: string) => isThere(join, fact, text);
      const by = keys.filter(fits);
      const values = chosen.filter(({ door }) => fits(door));
      const render = (side: 'door' | 'gold') => {
        const names = (text: string) =>
          text.replace(/\b([fp])\.(\w+)/g, (_, of: 'f' | 'p', name) => `${join[of]}.${name}`);
        const from = join.from
          .replaceAll('$f', side === 'door' ? fact.view : fact.gold)
          .replaceAll('$p', side === 'door' ? 'projects' : 'dim_project')
          .replaceAll('$c', inner(listed[fact.view]?.[side === 'door' ? 0 : 1] ?? ''));
        const shown = [...by, ...values.map((value) => value[side])];
        if (shown.length === 0) shown.push(fact.adding[0]![side]);
        const list = shown.map((text, i) => `${names(text)} as c${i}`).join(', ');
        const where = [...(join.where ? [join.where] : []), ...filters.filter(fits).map(names)].join(' and ');
        const group = by.length === 0 ? '' : ` group by ${by.map((_, i) => i + 1).join(', ')}`;
        const core = `select ${list} from ${from}${where ? ` where ${where}` : ''}${group}`;
        const order = shown.map((_, i) => `${i + 1} nulls first`).join(', ');
        const endings: Readonly<Record<string, string>> = {
          limit: `${core} order by ${order} limit ${most}`,
          having: `${core} having ${names(fact.adding[0]![side])} > 3`,
          wrapped: `select "_".* from (${core}) "_" where not "_".c0 is null limit 1000001`,
        };
        return endings[ending] ?? core;
      };
      return { door: render('door'), gold: render('gold'), sorted: ending === 'limit' };
    });

export const joinedQuestions: fc.Arbitrary<Question> = fc.oneof(
  ...facts.flatMap((fact) => [question(fact, false), question(fact, true)]),
);
