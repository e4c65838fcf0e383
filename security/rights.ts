// What a caller may do, as plain frozen data: the one result of claims and policy that every door obeys.

import { Fault } from '@tessera/base';
import type { VisibleMembers } from './gate.ts';
import type { Access } from './parse-claims.ts';

/** Things one may do beside asking measures; a role grants them by name, everything else is denied. */
export const actions = [
  'query',
  'sql',
  'rows.raw',
  'policy.explain',
  'audit.read',
  'pii.reveal',
  'embed.mint',
  'pipeline.read',
  'pipeline.operate',
  'quarantine.read',
  'quarantine.operate',
  'export',
] as const;
export type Action = (typeof actions)[number];

/** One conjunct over the rows of a view: the member (hidden or not) must have one of the values. Never empty: no value means no right. */
export interface RowFilter {
  readonly member: string;
  readonly values: readonly [string, ...string[]];
  /** Id of the policy rule that asks for it. */
  readonly rule: string;
}

export interface Rights {
  /** Hash of everything that shapes an answer (policy version, members, masks, rows): part of every cache key. */
  readonly id: string;
  /** Version and hash of the policy pack that decided. */
  readonly policy: string;
  readonly roles: readonly string[];
  /** What may be named; masked members included. */
  readonly members: VisibleMembers;
  /** May be selected as a dimension and is shown as its token; refused as filter, order, having or in any other position. */
  readonly masked: ReadonlySet<string>;
  /** Conjuncts by view; all of them apply. */
  readonly rows: Readonly<Record<string, readonly RowFilter[]>>;
  readonly actions: ReadonlySet<Action>;
}

/** Pure and quick (remembered by what of the access matters): CLAIM_REFUSED where no group of the caller's gives a role, or a scope wants an attribute that the token does not carry. */
export type DecideRights = (access: Access) => Rights;

/** ACTION_DENIED where no role of the caller's grants the action, or a deny takes it away. */
export function checkAction(rights: Pick<Rights, 'actions'>, action: Action): void {
  if (!rights.actions.has(action)) throw new Fault('ACTION_DENIED', { action, rule: 'default-deny' });
}
