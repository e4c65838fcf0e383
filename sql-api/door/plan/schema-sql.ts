// What the twin texts call: aggregates over fetched rows, and the function behind columns that were not fetched. Created once in each database.

/** Names that mean a measure; each aggregate schema has those that make sense, so that result columns keep their names. */
const one = ['measure', 'count', 'sum', 'avg', 'min', 'max', 'approx_distinct'];

/** Needs the schema `door`. */
export const plannerSchema = [
  // Strict: the first row becomes the state; a second one in the same group would be a wrong number.
  `create function door.only_one(a anyelement, b anyelement) returns anyelement language plpgsql strict immutable as
 $$begin raise exception using errcode = '0A000', message = 'MEASURE() over more than one row of a group cannot be answered exactly',
   hint = 'Group by dimensions only, or aggregate each view in a sub-select before joining.'; end$$`,
  `create function door.absent(a anyelement) returns anyelement language plpgsql stable as
 $$begin raise exception using errcode = '0A000', message = 'this use of a semantic view cannot be answered exactly',
   hint = 'Name the columns that you need in the select that reads the view.'; end$$`,
  `create function door.first_exactly(total numeric, part float8) returns numeric language sql immutable as
 $$select case when part is null then total when total is null then part::text::numeric else total + part::text::numeric end$$`,
  `create function door.as_float(total numeric) returns float8 language sql strict immutable as $$select total::float8$$`,
  `create function door.lesser(a anyelement, b anyelement) returns anyelement language sql strict immutable as $$select least(a, b)$$`,
  `create function door.greater(a anyelement, b anyelement) returns anyelement language sql strict immutable as $$select greatest(a, b)$$`,
  ...['one', 'zero', 'sum', 'count', 'min', 'max'].map((name) => `create schema door_${name}`),
  ...one.map((name) => `create aggregate door_one.${name}(anyelement) (sfunc = door.only_one, stype = anyelement)`),
  // A count of other things than rows, where an outer join may leave nothing to count.
  `create function door.or_zero(a int8) returns int8 language sql immutable as $$select coalesce(a, 0)$$`,
  ...['measure', 'count', 'approx_distinct'].map(
    (name) =>
      `create aggregate door_zero.${name}(int8) (sfunc = door.only_one, stype = int8, finalfunc = door.or_zero)`,
  ),
  // Sums of decimals are added as decimals: the order of the rows cannot change a digit.
  ...['measure', 'sum'].map(
    (name) =>
      `create aggregate door_sum.${name}(float8) (sfunc = door.first_exactly, stype = numeric, finalfunc = door.as_float)`,
  ),
  ...['measure', 'count'].map((name) => `create aggregate door_sum.${name}(int8) (sfunc = int8pl, stype = int8)`),
  // A count over no rows is 0.
  ...['measure', 'count'].map(
    (name) => `create aggregate door_count.${name}(int8) (sfunc = int8pl, stype = int8, initcond = '0')`,
  ),
  `create function door.add_whole(total numeric, part int8) returns numeric language sql strict immutable as $$select total + part$$`,
  `create aggregate door_count.sum(int8) (sfunc = door.add_whole, stype = numeric, initcond = '0')`,
  `create aggregate door_min.measure(anyelement) (sfunc = door.lesser, stype = anyelement)`,
  `create aggregate door_max.measure(anyelement) (sfunc = door.greater, stype = anyelement)`,
  // Exact, wherever it stands: over dimensions, over rows of sub-selects, over tables of the session.
  `create function door.distinct_of(anycompatiblearray) returns int8 language sql immutable as $$select count(distinct one) from unnest($1) one$$`,
  `create aggregate public.approx_distinct(anycompatible) (sfunc = array_append, stype = anycompatiblearray, finalfunc = door.distinct_of, initcond = '{}')`,
  ...['one', 'zero', 'sum', 'count', 'min', 'max'].map((name) => `grant usage on schema door_${name} to public`),
];
