// SQL macros that the semantic layer's measures use, over lists of records. Folds, because a window over a list inside an aggregate runs quadratically.
// Fields are read as e['n']: behind HAVING the engine takes e.n for a column that nobody groups by.
/** Below this a survival of exactly one half, computed with doubles, must not be missed. */
const half = '0.500000001';

export const servingMacros: Readonly<Record<string, string>> = {
  /**
   * Kaplan-Meier median of a list of {ms, observed}: the shortest time by which at least half would have ended, if
   * those not observed to end were followed further. Null where the curve never falls to one half. Entries without ms
   * are left out. At equal times ends come before censorings, as is usual.
   */
  km_median: `(entries) as (list_extract(list_transform([
    list_reduce(
      list_transform(
        list_sort(
          list_transform(
            list_filter(entries, lambda e: e['ms'] is not null),
            lambda e: {'ms': e['ms']::bigint, 'censored': not coalesce(e['observed'], false)})),
        lambda e: {'ms': e['ms'], 'censored': e['censored'], 'alive': 1.0::double, 'at_risk': 0::bigint}),
      lambda a, e: case
        when a['alive'] <= ${half} then a
        else {
          'ms': e['ms'],
          'censored': e['censored'],
          'alive': a['alive'] * case when e['censored'] then 1.0 else (a['at_risk'] - 1)::double / a['at_risk'] end,
          'at_risk': a['at_risk'] - 1}
      end,
      {
        'ms': null::bigint,
        'censored': true,
        'alive': 1.0::double,
        'at_risk': len(list_filter(entries, lambda e: e['ms'] is not null))::bigint})
    ], lambda stop: case when stop['alive'] <= ${half} then stop['ms'] end), 1))`,
  sum_at_last: sumAt('>'),
  sum_at_first: sumAt('<'),
};

/** Sum of n over the entries of a list of {at, n} whose \`at\` is the last (or first) of the list; null for an empty list. */
function sumAt(beats: '>' | '<'): string {
  return `(entries) as (
    list_reduce(
      list_transform(entries, lambda e: {'on': e['at']::date, 'n': e['n']::bigint}),
      lambda a, e: case
        when e['on'] is null then a
        when a['on'] is null or e['on'] ${beats} a['on'] then e
        when e['on'] = a['on'] then {'on': a['on'], 'n': coalesce(a['n'] + e['n'], a['n'], e['n'])}
        else a
      end,
      {'on': null::date, 'n': null::bigint}).n)`;
}
