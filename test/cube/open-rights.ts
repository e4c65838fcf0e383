// Rights and an audit trail for tests that are not about them: everything is allowed and everything is recorded.
import {
  type Access,
  type Audit,
  type AuditEntry,
  actions,
  type DecideRights,
  type Rights,
  type VisibleMembers,
} from '@tessera/security';

/** Everybody may see everything, changed by what `more` says of the caller. */
export const everyRight =
  (members: VisibleMembers, more: (access: Access) => Partial<Rights> = () => ({})): DecideRights =>
  (access) => {
    const changed = more(access);
    return Object.freeze({
      id: JSON.stringify(changed, (_, value) => (value instanceof Set || value instanceof Map ? [...value] : value)),
      policy: 'test',
      roles: access.groups,
      members,
      masked: new Set<string>(),
      rows: {},
      actions: new Set(actions),
      ...changed,
    });
  };

/** Keeps what is written, in order. */
export function recordingAudit(): Audit & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const append = async (entry: AuditEntry) => ({ sequence: entries.push(entry) });
  return {
    entries,
    append,
    note: (entry) => void entries.push(entry),
    async sensitive(entry, work) {
      const sequence = entries.push({ ...entry, kind: 'intent', decision: 'allowed' });
      const result = await work({ sequence });
      entries.push({ ...entry, kind: 'outcome', decision: 'allowed' });
      return result;
    },
    close: async () => {},
  };
}
