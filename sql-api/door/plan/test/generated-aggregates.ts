// Every aggregate that a client may call, over dimensions and over values of the text, with each clause that it takes: for the differential tests.
import fc from 'fast-check';

interface Forms {
  /** What stands between the brackets. */
  readonly args: readonly string[];
  /** Order must be said, since the result shows it. */
  readonly ordered?: true;
  /** WITHIN GROUP (ORDER BY …) of these. */
  readonly within?: readonly string[];
  /** Around the call: sums of fractions differ in the last digit by the order of the rows. */
  readonly around?: readonly [string, string];
}
const rounded = ['round((', ')::numeric, 6)'] as const;
const pair: Forms = { args: ['n, 2 * n', 'n, 1', '2, n', 'extract(day from at), n'], around: rounded };
const spread: Forms = { args: ['n', 'distinct n', '1'], around: rounded };
const hypothetical: Forms = { args: ['3'], within: ['n', 'n desc'] };

export const forms: Readonly<Record<string, Forms>> = {
  count: { args: ['*', '1', 'region', 'distinct n', 'null::int', "nullif(region, 'north')", "distinct 'x'"] },
  sum: { args: ['n', '1', 'distinct n', 'n * 2', 'case when is_open then 1 else 0 end'] },
  avg: { args: ['n', '1', 'distinct n'], around: rounded },
  min: { args: ['region', 'at', 'n', '1', "'x'"] },
  max: { args: ['platform', 'local_on', 'n', '1', 'upper(region)'] },
  bool_and: { args: ['is_open', 'true', 'n > 1'] },
  bool_or: { args: ['is_open', 'true', 'n > 1'] },
  every: { args: ['is_open'] },
  any_value: { args: ['1', 'true'] },
  bit_and: { args: ['n::int', '5'] },
  bit_or: { args: ['n::int', '5'] },
  bit_xor: { args: ['n::int', '5', 'distinct n::int'] },
  array_agg: { args: ['region', '1', 'distinct platform'], ordered: true },
  string_agg: { args: ["region, ','", "'x', ','", "distinct platform, ','"], ordered: true },
  json_agg: { args: ['region', '1'], ordered: true },
  jsonb_agg: { args: ['region', "'x'::text"], ordered: true },
  json_object_agg: { args: ["'k', 1", "coalesce(region, 'none'), 1"], ordered: true },
  jsonb_object_agg: { args: ["coalesce(region, 'none'), 1"], ordered: true },
  json_arrayagg: { args: ['region', '1', 'region null on null'], ordered: true },
  range_agg: { args: ["'[1,2)'::int4range", 'int4range_of'] },
  stddev: spread,
  stddev_pop: spread,
  stddev_samp: spread,
  variance: spread,
  var_pop: spread,
  var_samp: spread,
  corr: pair,
  covar_pop: pair,
  covar_samp: pair,
  regr_avgx: pair,
  regr_avgy: pair,
  regr_count: pair,
  regr_intercept: pair,
  regr_r2: pair,
  regr_slope: pair,
  regr_sxx: pair,
  regr_sxy: pair,
  regr_syy: pair,
  mode: { args: [''], within: ['region', 'n', 'is_open desc'] },
  percentile_cont: { args: ['0.5', 'array[0.1, 0.9]'], within: ['n', 'n desc'] },
  percentile_disc: { args: ['0.25'], within: ['region', 'at desc'] },
  rank: hypothetical,
  dense_rank: hypothetical,
  percent_rank: hypothetical,
  cume_dist: hypothetical,
};
/** Not by themselves: the door's own, and what belongs to GROUPING SETS. */
export const withoutForms: readonly string[] = ['measure', 'approx_distinct', 'grouping'];

const filters = [
  '',
  '',
  " filter (where region = 'north')",
  ' filter (where n > 1 and is_open)',
  ' filter (where false)',
];

/** One aggregate call, the same text over the view and over its raw rows. */
export const generatedAggregate: fc.Arbitrary<string> = fc
  .record({
    name: fc.constantFrom(...Object.keys(forms)),
    which: fc.nat(30),
    filter: fc.constantFrom(...filters),
    by: fc.constantFrom('region', 'n', 'platform desc nulls first'),
  })
  .map(({ name, which, filter, by }) => {
    const { args, ordered, within, around = ['', ''] } = forms[name]!;
    const arg = args[which % args.length]!.replace('int4range_of', "case when is_open then '[3,5)'::int4range end");
    const first = arg
      .replace(/^distinct /, '')
      .split(/,(?![^(]*\))/)[0]!
      .replace(' null on null', '');
    const own = /^(1|'.*')$/.test(first) ? by : first;
    const order = ordered ? ` order by ${own}` : '';
    const inside = / null on null$/.test(arg) ? arg.replace(' null', `${order} null`) : `${arg}${order}`;
    const group = within ? ` within group (order by ${within[which % within.length]})` : '';
    return `${around[0]}${name}(${inside})${group}${filter}${around[1]}`;
  });
