// The rights of an embed's viewer: what a viewer may, of what its minter may, in the views of its dashboard, in the rows of its locks.
import { createHash } from 'node:crypto';
import { Fault } from '@tessera/base';
import { type Access, type Action, canEqual, type DecideRights, type Rights, type RowFilter } from '@tessera/security';
import { dashboards, type EmbedGrant, type Lock } from './contract.ts';

/** What names a filter that a lock made, and no rule of the policy. */
export const lockRule = 'embed-lock';
const embedActions: readonly Action[] = ['query', 'pipeline.read'];

export interface Decisions {
  readonly decideRights: DecideRights;
  /** Of the role `viewer`, whatever the groups are called. */
  readonly decideViewerRights: DecideRights;
}

/** EMBED_LOCK_REFUSED where a lock is on something that the minter may not filter by, that no view of the dashboard has, or that can have none of the values. */
export function decideEmbedRights(decisions: Decisions, viewer: Access, grant: EmbedGrant): Rights {
  const own = decisions.decideViewerRights(viewer);
  const minter = decisions.decideRights(grant.minter);
  const views = openViews(dashboards[grant.dashboard], grant.locks, minter);
  const isOpen = (member: string) => views.includes(member.split('.')[0] ?? '');
  const both = <T>(mine: Iterable<T>, theirs: { has(one: T): boolean }, name: (one: T) => string) =>
    [...mine].filter((one) => theirs.has(one) && isOpen(name(one)));
  const measures = both(own.members.measures, minter.members.measures, String);
  const dimensions = [...own.members.dimensions].filter(
    ([name]) => minter.members.dimensions.has(name) && isOpen(name),
  );
  const segments = both(own.members.segments, minter.members.segments, String);
  const rows = Object.fromEntries(
    views.map((view) => [
      view,
      [...(own.rows[view] ?? []), ...(minter.rows[view] ?? []), ...grant.locks.map((lock) => filterOf(view, lock))],
    ]),
  );
  return Object.freeze({
    id: createHash('sha256')
      .update(JSON.stringify([own.id, minter.id, views, rows]))
      .digest('hex')
      .slice(0, 16),
    policy: own.policy,
    roles: own.roles,
    members: { measures: new Set(measures), dimensions: new Map(dimensions), segments: new Set(segments) },
    masked: new Set([...own.masked, ...minter.masked]),
    rows,
    actions: new Set(embedActions.filter((action) => own.actions.has(action) && minter.actions.has(action))),
  });
}

function openViews(views: readonly string[], locks: readonly Lock[], minter: Rights): readonly string[] {
  const has = (view: string, { dimension, values }: Lock) => {
    const member = `${view}.${dimension}`;
    const type = minter.members.dimensions.get(member);
    return type !== undefined && canEqual(type, values) && !minter.masked.has(member);
  };
  const open = views.filter((view) => locks.every((lock) => has(view, lock)));
  const refused = locks.find((lock) => !views.some((view) => has(view, lock)));
  if (refused || open.length === 0)
    throw new Fault('EMBED_LOCK_REFUSED', { dimension: (refused ?? locks[0])?.dimension ?? '' });
  return open;
}

const filterOf = (view: string, { dimension, values }: Lock): RowFilter => ({
  member: `${view}.${dimension}`,
  values: values as [string, ...string[]],
  rule: lockRule,
});
