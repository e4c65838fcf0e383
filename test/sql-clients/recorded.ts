// Statements in the forms that BI programs send, each beside the same question to REST: what their drivers alone do not show.

export interface Recorded {
  readonly tool: string;
  readonly what: string;
  /** Sent one after the other in one session; the last that gives rows is compared. */
  readonly statements: readonly string[];
  /** The same question to REST; its members in the order of the statement's columns. */
  readonly rest: { readonly query: Readonly<Record<string, unknown>>; readonly columns: readonly string[] };
}

const count = 'auth_attempts.attempt_count';
const byOutcome = {
  query: { measures: [count], dimensions: ['auth_attempts.outcome'] },
  columns: ['auth_attempts.outcome', count],
};
const byMonth = {
  query: { measures: [count], timeDimensions: [{ dimension: 'auth_attempts.started_at', granularity: 'month' }] },
  columns: ['auth_attempts.started_at.month', count],
};
const inUs = (rest: typeof byOutcome) => ({
  ...rest,
  query: { ...rest.query, filters: [{ member: 'auth_attempts.country', operator: 'equals', values: ['US'] }] },
});
const byProject = {
  query: { measures: ['issues.issue_count'], dimensions: ['issues.project_name'] },
  columns: ['issues.project_name', 'issues.issue_count'],
};
const openByProject = {
  query: {
    measures: ['issues.issue_count', 'issues.open_issues'],
    dimensions: ['issues.project_name', 'issues.priority'],
    filters: [{ member: 'issues.project_name', operator: 'equals', values: ['Operations'] }],
  },
  columns: ['issues.project_name', 'issues.priority', 'issues.issue_count', 'issues.open_issues'],
};
const rate = {
  query: { measures: [count, 'auth_attempts.abandoned_pct'], dimensions: ['auth_attempts.country'] },
  columns: ['auth_attempts.country', count, 'auth_attempts.abandoned_pct'],
};

export const recorded: readonly Recorded[] = [
  {
    tool: 'Power BI (DirectQuery)',
    what: 'a chart: sub-selects named "_" and "$Table", a limit of a million and one',
    statements: [
      `select "_"."outcome" as "c0", "_"."a0" as "a0" from (
         select "rows"."outcome" as "outcome", sum("rows"."attempt_count") as "a0"
         from (select "outcome", "attempt_count" from "public"."auth_attempts" "$Table") "rows"
         group by "outcome") "_" where not "_"."a0" is null limit 1000001`,
    ],
    rest: byOutcome,
  },
  {
    tool: 'Power BI (DirectQuery)',
    what: 'a slicer',
    statements: [
      `select "_"."outcome", sum("_"."attempt_count") as "a0" from (
         select * from "public"."auth_attempts" "$Table" where "$Table"."country" = 'US' and "$Table"."country" is not null) "_"
       group by "_"."outcome" limit 1000001`,
    ],
    rest: inUs(byOutcome),
  },
  {
    tool: 'Power BI (DirectQuery)',
    what: 'a relationship: a fact with a column of what it refers to',
    statements: [
      `select "_"."project_name" as "c11", "_"."a0" as "a0" from (
         select "rows"."project_name" as "project_name", sum("rows"."issue_count") as "a0"
         from (
           select "$Outer"."issue_count", "$Inner"."project_name"
           from "public"."issues" "$Outer"
           left outer join "public"."projects" "$Inner" on ("$Outer"."project_key" = "$Inner"."project_key")
         ) "rows"
         group by "project_name") "_" where not "_"."a0" is null limit 1000001`,
    ],
    rest: byProject,
  },
  {
    tool: 'Power BI (DirectQuery)',
    what: 'a relationship that may be NULL, filtered by the other side, two measures',
    statements: [
      `select "_"."project_name", "_"."priority", "_"."a0", "_"."a1" from (
         select "rows"."project_name" as "project_name", "rows"."priority" as "priority", sum("rows"."issue_count") as "a0", sum("rows"."open_issues") as "a1"
         from (
           select "$Outer"."issue_count", "$Outer"."open_issues", "$Outer"."priority", "$Inner"."project_name"
           from (select "issue_count", "open_issues", "priority", "project_key" from "public"."issues" "$Table") "$Outer"
           inner join (
             select "project_name", "project_key" from "public"."projects" "$Table" where "project_name" = 'Operations'
           ) "$Inner" on ("$Outer"."project_key" = "$Inner"."project_key" or "$Outer"."project_key" is null and "$Inner"."project_key" is null)
         ) "rows"
         group by "project_name", "priority") "_" where not "_"."a0" is null or not "_"."a1" is null limit 1000001`,
    ],
    rest: openByProject,
  },
  {
    tool: 'Tableau',
    what: 'a relationship, and a filter on the other side',
    statements: [
      `SELECT "projects"."project_name" AS "project_name", "issues"."priority" AS "priority", SUM("issues"."issue_count") AS "sum:issue_count:ok", SUM("issues"."open_issues") AS "sum:open_issues:ok"
         FROM "public"."issues" "issues" INNER JOIN "public"."projects" "projects" ON ("issues"."project_key" = "projects"."project_key")
         WHERE ("projects"."project_name" = 'Operations') GROUP BY 1, 2`,
    ],
    rest: openByProject,
  },
  {
    tool: 'Tableau',
    what: 'a relationship from the other side, what has no rows is left out',
    statements: [
      `SELECT "projects"."project_name" AS "project_name", SUM("issues"."issue_count") AS "sum:issue_count:ok"
         FROM "public"."projects" "projects" LEFT JOIN "public"."issues" "issues" ON ("projects"."project_key" = "issues"."project_key")
         GROUP BY 1 HAVING NOT (SUM("issues"."issue_count") IS NULL)`,
    ],
    rest: byProject,
  },
  {
    tool: 'Looker',
    what: 'an explore that joins a view, sorted and cut',
    statements: [
      `SELECT projects.project_name AS "projects.project_name", COALESCE(SUM(issues.issue_count), 0) AS "issues.total"
         FROM public.issues AS issues LEFT JOIN public.projects AS projects ON issues.project_key = projects.project_key
         GROUP BY 1 ORDER BY 2 DESC LIMIT 500`,
    ],
    rest: byProject,
  },
  {
    tool: 'Tableau',
    what: 'a sheet, read by a cursor WITH HOLD',
    statements: [
      'BEGIN',
      `declare "SQL_CUR0x7f8b2c01" cursor with hold for SELECT "auth_attempts"."outcome" AS "outcome", SUM("auth_attempts"."attempt_count") AS "sum:attempt_count:ok" FROM "public"."auth_attempts" "auth_attempts" GROUP BY 1`,
      'COMMIT',
      'fetch 10000 in "SQL_CUR0x7f8b2c01"',
      'close "SQL_CUR0x7f8b2c01"',
    ],
    rest: byOutcome,
  },
  {
    tool: 'Tableau',
    what: 'months of a continuous date',
    statements: [
      `SELECT DATE_TRUNC( 'MONTH', CAST("auth_attempts"."started_at" AS TIMESTAMP) ) AS "tmn:started_at:ok", SUM("auth_attempts"."attempt_count") AS "sum:attempt_count:ok" FROM "public"."auth_attempts" "auth_attempts" GROUP BY 1`,
    ],
    rest: byMonth,
  },
  {
    tool: 'Tableau',
    what: 'the first ten of a dimension, joined back',
    statements: [
      `SELECT "auth_attempts"."country" AS "country", SUM("auth_attempts"."attempt_count") AS "x" FROM "public"."auth_attempts" "auth_attempts"
         INNER JOIN (SELECT "auth_attempts"."country" AS "country", SUM("auth_attempts"."attempt_count") AS "$__alias__0" FROM "public"."auth_attempts" "auth_attempts" GROUP BY 1 ORDER BY 2 DESC LIMIT 10) "t0"
         ON ("auth_attempts"."country" = "t0"."country") GROUP BY 1`,
    ],
    rest: {
      query: { measures: [count], dimensions: ['auth_attempts.country'] },
      columns: ['auth_attempts.country', count],
    },
  },
  {
    tool: 'Tableau',
    what: 'what is kept in a temporary table',
    statements: [
      `SELECT "auth_attempts"."outcome" AS "outcome", SUM("auth_attempts"."attempt_count") AS "x" INTO TEMPORARY TABLE "#Tableau_7_1_Filter" FROM "public"."auth_attempts" "auth_attempts" GROUP BY 1`,
      'SELECT "outcome", "x" FROM "#Tableau_7_1_Filter"',
      'DROP TABLE "#Tableau_7_1_Filter"',
    ],
    rest: byOutcome,
  },
  {
    tool: 'Metabase',
    what: 'a question by month',
    statements: [
      `SELECT DATE_TRUNC('month', "public"."auth_attempts"."started_at") AS "started_at", SUM("public"."auth_attempts"."attempt_count") AS "sum" FROM "public"."auth_attempts" GROUP BY DATE_TRUNC('month', "public"."auth_attempts"."started_at") ORDER BY DATE_TRUNC('month', "public"."auth_attempts"."started_at") ASC`,
    ],
    rest: byMonth,
  },
  {
    tool: 'Metabase',
    what: 'a question on a question',
    statements: [
      `SELECT "source"."outcome" AS "outcome", SUM("source"."attempt_count") AS "sum" FROM (SELECT "public"."auth_attempts"."outcome" AS "outcome", "public"."auth_attempts"."attempt_count" AS "attempt_count" FROM "public"."auth_attempts" WHERE "public"."auth_attempts"."country" = 'US') AS "source" GROUP BY "source"."outcome" ORDER BY "source"."outcome" ASC LIMIT 2000`,
    ],
    rest: inUs(byOutcome),
  },
  {
    tool: 'Apache Superset',
    what: 'a time series between two moments',
    statements: [
      `SELECT DATE_TRUNC('month', started_at) AS __timestamp, MEASURE(attempt_count) AS attempts FROM public.auth_attempts WHERE started_at >= TO_TIMESTAMP('2026-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND started_at < TO_TIMESTAMP('2026-03-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY DATE_TRUNC('month', started_at) ORDER BY attempts DESC LIMIT 50000`,
    ],
    rest: byMonth,
  },
  {
    tool: 'Apache Superset',
    what: 'a virtual dataset',
    statements: [
      `SELECT outcome AS outcome, sum(attempt_count) AS "SUM(attempt_count)" FROM (SELECT outcome, country, attempt_count FROM auth_attempts) AS virtual_table WHERE country IN ('US') GROUP BY outcome ORDER BY "SUM(attempt_count)" DESC LIMIT 1000`,
    ],
    rest: inUs(byOutcome),
  },
  {
    tool: 'Grafana',
    what: 'a panel over a range of time',
    statements: [
      `SELECT date_trunc('month', started_at) AS "time", MEASURE(attempt_count) AS "attempts" FROM auth_attempts WHERE started_at BETWEEN '2026-01-01T00:00:00Z' AND '2026-02-28T23:59:59.999Z' GROUP BY 1 ORDER BY 1`,
    ],
    rest: byMonth,
  },
  {
    tool: 'Sigma',
    what: 'a workbook element: WITH over WITH',
    statements: [
      `with Q1 as (select outcome, attempt_count from public.auth_attempts where country = 'US'), Q2 as (select outcome as "OUTCOME_1", sum(attempt_count) as "SUM_2" from Q1 group by outcome) select "OUTCOME_1", "SUM_2" from Q2 order by "OUTCOME_1" asc limit 25001`,
    ],
    rest: inUs(byOutcome),
  },
  {
    tool: 'ThoughtSpot',
    what: 'a search answer',
    statements: [
      `SELECT "ta_1"."outcome" "ca_1", CASE WHEN sum("ta_1"."attempt_count") IS NOT NULL THEN sum("ta_1"."attempt_count") ELSE 0 END "ca_2" FROM "public"."auth_attempts" "ta_1" GROUP BY "ca_1"`,
    ],
    rest: byOutcome,
  },
  {
    tool: 'Excel (psqlODBC)',
    what: 'a percentage beside its count, quoted throughout',
    statements: [
      "SET DateStyle = 'ISO'",
      'SET extra_float_digits = 2',
      `SELECT "country", MEASURE("attempt_count"), MEASURE("abandoned_pct") FROM "public"."auth_attempts" GROUP BY "country"`,
    ],
    rest: rate,
  },
];
