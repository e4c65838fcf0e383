// Of a group that two packs bind: which rows of which view it gains or loses by its scopes.
import type { PolicyPack } from './pack-schema.ts';

export interface RowChange {
  readonly change: 'gains' | 'loses';
  readonly what: string;
}

/** What one scope asks of the rows of a view; without a member the view is closed. */
interface Condition {
  readonly scope: string;
  readonly member: string | undefined;
  readonly attribute: string | undefined;
  readonly values: readonly string[];
}

/** View by view. Both packs must bind the group: one that is not bound sees nothing, which is not the same as having no condition. */
export function rowChanges(
  before: PolicyPack,
  after: PolicyPack,
  views: readonly string[],
  group: string,
): readonly RowChange[] {
  return views.flatMap((view) => changesOfView(view, conditions(before, group, view), conditions(after, group, view)));
}

function changesOfView(view: string, old: readonly Condition[], now: readonly Condition[]): readonly RowChange[] {
  const [wasClosed, isClosed] = [old, now].map((all) => all.find(({ member }) => member === undefined));
  if (wasClosed && isClosed) return [];
  if (isClosed) return [{ change: 'loses', what: `all rows of ${view} (${isClosed.scope})` }];
  if (wasClosed)
    return now.length === 0
      ? [{ change: 'gains', what: `all rows of ${view} (${wasClosed.scope})` }]
      : [
          {
            change: 'gains',
            what: `rows of ${view} whose ${now.map((one) => `${is(one)} (${one.scope})`).join(' and ')}`,
          },
        ];
  const same = (all: readonly Condition[], one: Condition) => all.some((other) => is(other) === is(one));
  return [
    ...now.filter((one) => !same(old, one)).map((one) => said('loses', view, one, twinOf(old, one))),
    ...old.filter((one) => !same(now, one)).map((one) => said('gains', view, one, twinOf(now, one))),
  ].filter((change) => change !== undefined);
}

/** The same scope in the other pack, where both name values: then only the values that came or went are told. */
const twinOf = (all: readonly Condition[], { scope, member, attribute }: Condition): Condition | undefined =>
  attribute === undefined
    ? all.find((one) => one.scope === scope && one.member === member && one.attribute === undefined)
    : undefined;

/** What a condition that stands in one pack alone takes or, where it fell, gives. */
function said(
  change: RowChange['change'],
  view: string,
  one: Condition,
  twin: Condition | undefined,
): RowChange | undefined {
  if (!twin) return { change, what: `rows of ${view} whose ${is(one, 'is not')} (${one.scope})` };
  const values = twin.values.filter((value) => !one.values.includes(value));
  return values.length === 0
    ? undefined
    : { change, what: `rows of ${view} whose ${is({ ...one, values })} (${one.scope})` };
}

const is = ({ member, attribute, values }: Condition, verb = 'is'): string =>
  `${member} ${verb} ${attribute === undefined ? `one of ${values.join(', ')}` : `the caller's ${attribute}`}`;

function conditions(pack: PolicyPack, group: string, view: string): readonly Condition[] {
  const scopes = pack.bindings.find((binding) => binding.group === group)?.scopes ?? [];
  return [...new Set(scopes)].sort().map((scope) => {
    const { members = {}, attribute, values = [] } = pack.scopes[scope] ?? {};
    return { scope, member: members[view], attribute, values: [...new Set(values)].sort() };
  });
}
