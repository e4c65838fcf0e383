// Generated questions with any aggregate, and with LIMIT where no order is said: which rows come is open, that they are rows of the whole is not.
import fc from 'fast-check';
import { views } from './fixed-table.ts';
import { generatedAggregate } from './generated-aggregates.ts';
import { keys, measures, of, others, pushable, type Question, sub, view, where } from './generated-questions.ts';

/** A few keys and one or two aggregates of any kind, all rows or some. */
export const aggregated: fc.Arbitrary<Question> = fc
  .record({
    view: fc.constantFrom('sales', 'orders_by_id'),
    by: sub(keys, 2),
    values: fc.array(generatedAggregate, { minLength: 1, maxLength: 2 }),
    where: where([...pushable, ...others]),
    some: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    beside: fc.boolean(),
  })
  .map(({ view, by, values, where, some, beside }) => {
    const render = (side: 'door' | 'plain') => {
      const shown = [...by.map((one) => one[side]), ...values, ...(beside ? [measures[0]![side]] : [])];
      const group = by.length === 0 ? '' : ` group by ${by.map((_, i) => i + 1).join(', ')}`;
      return `select ${shown.join(', ')} from ${side === 'door' ? view : 'raw'}${where}${group}`;
    };
    const limit = some === undefined ? '' : ` limit ${some}`;
    return {
      door: `${render('door')}${limit}`,
      plain: render('plain'),
      sorted: false,
      ...(some === undefined ? {} : { some }),
    };
  });

/** Without ORDER BY: LIMIT over groups and over DISTINCT of made keys; and ordinals behind a star. */
const perRow: Readonly<Record<string, string>> = {
  orders: '1::int8',
  total: 'amount::float8',
  open_pct: 'case when is_open then 100.0 else 0 end::float8',
  people: '1::int8',
  biggest: 'n',
};
const starred = (views.find(({ name }) => name === 'orders_by_id')?.columns ?? []).map(
  ({ name }) => perRow[name] ?? name,
);
export const cut: fc.Arbitrary<Question> = fc
  .record({
    view,
    kind: fc.constantFrom('distinct', 'group', 'star'),
    by: sub(
      keys.filter(({ door }) => !door.startsWith('upper')),
      3,
    ),
    where: where(pushable),
    some: fc.integer({ min: 0, max: 40 }),
    ordinal: fc.integer({ min: 1, max: starred.length }),
  })
  .map(({ view, kind, by, where, some, ordinal }) => {
    const list = by.length === 0 ? 'region' : by.map((one) => one.door).join(', ');
    const group = `group by ${by.length === 0 ? 1 : by.map((_, i) => i + 1).join(', ')}`;
    if (kind === 'star') {
      const order = `order by ${ordinal}, id limit ${some}`;
      return {
        door: `select s.*, upper(region) from orders_by_id s${where} ${order}`,
        plain: `select ${starred.join(', ')}, upper(region) from raw${where} ${order}`,
        sorted: true,
      };
    }
    const core = (table: string) =>
      kind === 'distinct'
        ? `select distinct ${list} from ${table}${where}`
        : `select ${list}, ${table === 'raw' ? of('total') : 'sum(total)'} from ${table}${where} ${group}`;
    return { door: `${core(view)} limit ${some}`, plain: core('raw'), sorted: false, some };
  });
