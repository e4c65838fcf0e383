// A planner for the door's own tests: every `from <view>` is read whole, `where` stays in PostgreSQL. The real one has tests of its own.
import { Fault } from '@tessera/base';
import type { Planned, PlannedStatement, PlanSql, StatementKind, ViewRead } from '../plan/contract.ts';

const from = /\bfrom\s+(devices|projects)\b/gi;

const kinds: readonly (readonly [RegExp, StatementKind])[] = [
  [/^\s*explain\b/i, 'explain'],
  [/^\s*declare\b/i, 'declare'],
  [/^\s*prepare\b/i, 'prepare'],
  [/^\s*execute\b/i, 'execute'],
  [/^\s*deallocate\b/i, 'deallocate'],
  [/^\s*discard\b/i, 'discard'],
];

/** `/* probe *​/` in the text has the door ask PostgreSQL for a value first; `forbidden` is refused at its place. */
export const toyPlan: PlanSql = (sql, { views, maxRows }): Planned => {
  const bad = sql.indexOf('forbidden');
  if (bad >= 0)
    throw new Fault('SQL_NOT_EXACT', {
      clause: 'forbidden',
      why: 'the toy says so',
      hint: 'Leave it.',
      position: bad + 1,
    });
  const uses = [...sql.matchAll(from)];
  const reads = uses.map((use): ViewRead => {
    const view = views.find(({ name }) => name === use[1]?.toLowerCase());
    const columns = (view?.columns ?? []).map(({ name, type }) => ({ name, member: `${view?.name}.${name}`, type }));
    return {
      view: view?.name ?? '',
      columns,
      query: (params, probed) => ({
        query: { dimensions: columns.map(({ member }) => member), filters: [{ params, probed }] } as never,
        ungrouped: false,
        empty: /limit 0/i.test(sql),
        refuseAt: /too_many/.test(sql) ? Math.min(3, maxRows) : undefined,
      }),
    };
  });
  const statements: PlannedStatement[] = [];
  let start = 0;
  for (const part of sql.split(';')) {
    const end = start + part.length;
    if (part.trim() !== '') {
      const kind = kinds.find(([pattern]) => pattern.test(part))?.[1] ?? 'select';
      const inside = uses.filter(({ index }) => index >= start && index < end);
      const name = /^\s*(?:deallocate|prepare|execute)\s+(?!all\b)(\w+)/i.exec(part)?.[1];
      statements.push({
        kind,
        start,
        end,
        firstRead: inside[0] ? uses.indexOf(inside[0]) : 0,
        readCount: inside.length,
        name,
        ...(kind === 'prepare' ? { inner: { start: start + (/\bas\s/i.exec(part)?.index ?? 0) + 3, end } } : {}),
        ...(kind === 'execute' ? { args: /\((.*)\)/.exec(part)?.[1]?.split(',') ?? [] } : {}),
      });
    }
    start = end + 1;
  }
  return {
    statements,
    reads,
    paramCount: Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n))),
    probe: sql.includes('probe') ? `select (1 + ${sql.includes('$1') ? '$1::int' : '1'})::text` : undefined,
    choices: [],
    edited: false,
    twin(array, part = { start: 0, end: sql.length }) {
      let text = '';
      let at = part.start;
      const moved: { readonly to: number; readonly by: number }[] = [];
      for (const [read, use] of uses.entries()) {
        if (use.index < part.start || use.index >= part.end) continue;
        text += sql.slice(at, use.index);
        const { columns, view } = reads[read] ?? { columns: [], view: '' };
        text += `from (select * from unnest(${columns.map((_, column) => array(read, column)).join(', ')}) as t(${columns.map(({ name }) => name).join(', ')})) as ${view}`;
        at = use.index + use[0].length;
        moved.push({ to: text.length, by: at - text.length });
      }
      text += sql.slice(at, part.end);
      return {
        text,
        position: (place) => place + (moved.findLast(({ to }) => to < place)?.by ?? part.start),
      };
    },
  };
};
