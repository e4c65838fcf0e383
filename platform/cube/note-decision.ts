// Each decision about a read → one line of the audit trail. Refusals are written like answers; nothing of what was asked for is in it but names.
import type { Fault, Tenant } from '@tessera/base';
import type { Access, Audit, Rights } from '@tessera/security';
import type { Origin } from './caller.ts';

export interface Asker extends Origin {
  /** Undefined where the token told nobody. */
  readonly access?: Access | undefined;
  readonly rights?: Rights | undefined;
}

export interface Decision {
  readonly action: 'query' | 'query.check' | 'query.explain' | 'query.cancel' | 'model.read';
  readonly members?: readonly string[];
  readonly rows?: number;
  readonly release?: number;
  /** Present where it was refused or failed. */
  readonly fault?: Fault;
}

/** Faults that are written down already: what the gateway refused passes by other catches on its way out. */
const noted = new WeakSet<Fault>();

/** Waits for nothing: the trail makes it durable behind the answer. */
export function noteDecision(audit: Pick<Audit, 'note'>, asker: Asker, { fault, ...what }: Decision): void {
  if (fault && noted.has(fault)) return;
  if (fault) noted.add(fault);
  const { access, rights, door, request, from } = asker;
  const tenant: Tenant | undefined = access?.tenant;
  audit.note({
    tenant,
    kind: 'decision',
    door,
    request,
    from,
    subject: access?.subject,
    roles: rights?.roles,
    decision: fault === undefined ? 'allowed' : fault.status < 500 ? 'denied' : 'failed',
    rule: fault === undefined ? rowRules(rights, what.members) : ruleOf(fault),
    code: fault?.code,
    ...what,
  });
}

/** The policy rule that refused, else the fault's code. */
export const ruleOf = ({ params, code }: Fault): string =>
  'rule' in params && typeof params.rule === 'string' ? params.rule : code;

/** The rules that narrowed the rows of what was allowed. */
function rowRules(rights: Rights | undefined, members: readonly string[] = []): string | undefined {
  const views = new Set(members.map((name) => name.split('.')[0] ?? ''));
  const rules = Object.entries(rights?.rows ?? {}).flatMap(([view, filters]) =>
    views.has(view) ? filters.map(({ rule }) => rule) : [],
  );
  return rules.length > 0 ? [...new Set(rules)].join(' ') : undefined;
}
