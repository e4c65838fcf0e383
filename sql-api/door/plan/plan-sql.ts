// In charge of one client text: limits, guard, the views that it reads, and its twin.
import { asFault, Fault } from '@tessera/base';
import { checkStatements } from '../guard/check-statements.ts';
import { type Node, names, type SelectStmt, visit } from './ast.ts';
import { splitCondition } from './condition.ts';
import { Probes } from './constant.ts';
import type { Planned, PlannedStatement, PlanOptions, PlanSql } from './contract.ts';
import { cutOf } from './cut.ts';
import { decide } from './decide.ts';
import { applyEdits, type Edit } from './edit.ts';
import type { Expr, Use } from './expression.ts';
import { type Fetch, fetchOf, sortName } from './fetch.ts';
import type { Filter } from './filter-parts.ts';
import { type Level, notExact, type Work } from './level.ts';
import { need, observe } from './observe.ts';
import { type Parsed, parse } from './parse.ts';
import { readSelect } from './read-select.ts';
import { replaceSessionNames } from './session-names.ts';
import { describeStatements } from './statements.ts';

/** @throws Fault, and nothing else, whatever the text is. */
export const planSql: PlanSql = (sql, options) => {
  try {
    const parsed = parse(sql);
    try {
      return plan(parsed, options, new Probes());
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'SQL_NOT_EXACT') throw error;
      const chosen = choosing(parsed, options);
      if (chosen === undefined) throw error;
      return chosen;
    }
  } catch (error) {
    if (error instanceof RangeError) throw new Fault('SQL_TOO_DEEP', {}, { cause: error });
    throw asFault(error);
  }
};

/** With one question more for each condition that needs it; undefined where that does not help. */
function choosing(parsed: Parsed, options: PlanOptions): Planned | undefined {
  try {
    return plan(parsed, options, new Probes(options.maxRows));
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function plan(parsed: Parsed, options: PlanOptions, probes: Probes): Planned {
  const { sql } = parsed;
  const views = new Map(options.views.map((view) => [view.name, view]));
  const described = describeStatements(parsed);
  checkStatements(parsed, views);
  const edits: Edit[] = [...qualifiedColumns(parsed, views), ...replaceSessionNames(parsed)];
  const fetches: Fetch[] = [];
  const statements: PlannedStatement[] = [];
  for (const { tree, statement } of described) {
    const firstRead = fetches.length;
    const found = readsOf(parsed, tree, views, options.maxRows, probes, edits);
    fetches.push(...found.toSorted((a, b) => a.use.start - b.use.start));
    if (found.length > 0 && statement.explain) checkExplain(parsed, statement);
    statements.push({ ...statement, firstRead, readCount: fetches.length - firstRead });
  }
  const toByte = (place: number) => Buffer.byteLength(sql.slice(0, place));
  return {
    statements,
    reads: fetches.map(({ read }) => read),
    paramCount: highestParam(parsed),
    probe: probes.text,
    choices: probes.choices,
    edited: edits.length > 0,
    twin(array, part) {
      const rows = fetches.map(
        ({ use, rows }, read): Edit => ({
          start: use.start,
          end: use.end,
          text: rows((column) => array(read, column)),
        }),
      );
      return applyEdits(parsed.bytes, [...edits, ...rows], part && toByte(part.start), part && toByte(part.end));
    },
  };
}

/** What PostgreSQL would tell of the text is not what happens: nothing of it is run here. */
function checkExplain(parsed: Parsed, { explain, start }: Pick<PlannedStatement, 'explain' | 'start'>): void {
  const { analyze, format } = explain ?? { analyze: false, format: 'text' };
  if (!analyze && (format === 'text' || format === 'json')) return;
  throw new Fault('SQL_NOT_EXACT', {
    clause: analyze ? 'EXPLAIN ANALYZE' : `EXPLAIN (FORMAT ${format.toUpperCase()})`,
    why: analyze ? 'what the semantic layer takes for it is not measured here' : 'a plan is told as text or JSON',
    hint: 'Write EXPLAIN or EXPLAIN (FORMAT JSON).',
    position: parsed.place(Buffer.byteLength(parsed.sql.slice(0, start))),
  });
}

/** `public.v.x` → `v.x`: the rows that take the view's place have its name and no schema. */
function qualifiedColumns(parsed: Parsed, views: Work['views']): Edit[] {
  const found: Edit[] = [];
  visit(parsed.tree.stmts, (kind, body) => {
    const path = kind === 'ColumnRef' ? names(body.fields as Node[]) : [];
    if (path.length !== 3 || path[0] !== 'public' || !views.has(path[1] ?? '')) return true;
    const start = Number(body.location);
    const at = parsed.tokens().findIndex((token) => token.start === start);
    found.push({ start, end: parsed.tokens()[at + 2]?.start ?? start, text: '' });
    return true;
  });
  return found;
}

function highestParam(parsed: Parsed): number {
  let highest = 0;
  visit(parsed.tree.stmts, (kind, body) => {
    if (kind === 'ParamRef') highest = Math.max(highest, Number(body.number ?? 0));
    return true;
  });
  return highest;
}

/** Every SELECT that a statement holds, outermost ones only: levels below are found from there. */
function topSelects(tree: Node): SelectStmt[] {
  const found: SelectStmt[] = [];
  visit(tree, (kind, body) => {
    if (kind !== 'SelectStmt') return true;
    found.push(body as SelectStmt);
    return false;
  });
  return found;
}

function readsOf(
  parsed: Parsed,
  tree: Node,
  views: Work['views'],
  maxRows: number,
  probes: Probes,
  edits: Edit[],
): Fetch[] {
  let named = 0;
  visit(tree, (kind, body) => {
    if (kind === 'RangeVar' && views.has(String(body.relname))) named += 1;
    return true;
  });
  if (named === 0) return [];
  const work: Work = { parsed, views, levels: [], transparent: new Map(), joining: new Set() };
  for (const select of topSelects(tree)) readSelect(work, select, new Map(), undefined, true);
  return work.levels.flatMap((level) => readLevel(work, level, maxRows, probes, edits));
}

function readLevel(work: Work, level: Level, maxRows: number, probes: Probes, edits: Edit[]): Fetch[] {
  const owned = level.uses.filter((use) => !use.nullable);
  const filters = new Map<Use, Filter[]>();
  const segments = new Map<Use, string[]>();
  const residual: Expr[] = [];
  const wheres = [level.where, ...level.uses.flatMap((use) => use.inner.map(({ where }) => where))];
  for (const where of wheres) {
    const condition = splitCondition(work.parsed, where, owned, probes, level.relations === 1 ? owned[0] : undefined);
    for (const use of owned) {
      filters.set(use, [...(filters.get(use) ?? []), ...(condition.filters.get(use) ?? [])]);
      segments.set(use, [...(segments.get(use) ?? []), ...(condition.segments.get(use) ?? [])]);
    }
    residual.push(...condition.residual);
    edits.push(...condition.edits);
  }
  const observed = observe(work, level, residual);
  const decisions = decide(work, level, observed, edits);
  // Without GROUP BY there is one row, also where there are none.
  const always = observed.aggregated && level.groupBy.length === 0;
  return level.uses.map((use) => {
    const decision = decisions.get(use)!;
    const ifAny = !always && !use.nullable && decision.mode === 'grouped' && use.needs.size === 0;
    if (ifAny && use.measures.size > 0 && use.view.rowCount === undefined) throw groupOfNothing(work, use);
    if (use.needs.size + use.measures.size === 0 && use.view.rowCount === undefined) needSomething(work, use);
    const cut = cutOf(level, use, decision, observed, residual, (name) => sortName(use, name));
    return fetchOf(use, {
      decision,
      filters: filters.get(use) ?? [],
      segments: segments.get(use) ?? [],
      cut,
      maxRows,
      always,
      lookedUp: observed.aggregated && level.lookups.has(use),
      ifAny: ifAny && use.needs.size === 0,
    });
  });
}

/** GROUP BY a constant has no group where there are no rows, and nothing says whether there are any. */
function groupOfNothing(work: Work, use: Use): Fault {
  return notExact(
    work,
    'GROUP BY without a dimension',
    `${use.view.name} has no measure that says whether there are rows`,
    'Leave GROUP BY out.',
    use.start,
  );
}

/** Only that there are rows matters: the first dimension says it. */
function needSomething(work: Work, use: Use): void {
  const column = use.view.columns.find(({ kind }) => kind === 'dimension');
  if (column === undefined)
    throw notExact(
      work,
      'This SELECT',
      `${use.view.name} has neither rows to count nor dimensions`,
      'Select a measure with MEASURE().',
      use.start,
    );
  need(use, column.name, 'raw');
}
