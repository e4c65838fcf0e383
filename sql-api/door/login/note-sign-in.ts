// In charge of the door's own lines in the audit trail: who came in, who was not let in, and statements that the door itself refused as not allowed.
import type { Fault } from '@tessera/base';
import type { Access, Audit, AuditEntry, Rights } from '@tessera/security';

export interface NoteSignIn {
  allowed(access: Access, rights: Rights, from: string): void;
  /** Nobody was recognised: what a guesser wrote as name and tenant is not kept. */
  refused(from: string): void;
  /** The proof was right and the door stays closed. */
  denied(access: Access, from: string, fault: Fault): void;
  tooMany(access: Access, from: string): void;
  /** Answers and refusals of the layer are written by the layer; this is what never came so far. */
  refusedStatement(access: Access, from: string, fault: Fault): void;
}

/** Waits for nothing: the trail makes each line durable behind the answer. */
export function noteSignIns(audit: Pick<Audit, 'note'> | undefined): NoteSignIn {
  const note = (entry: Omit<AuditEntry, 'kind' | 'door'>) => audit?.note({ kind: 'decision', door: 'sql', ...entry });
  const who = ({ tenant, subject }: Access, from: string) => ({ tenant, subject, from });
  return {
    allowed: (access, { roles }, from) =>
      note({ ...who(access, from), action: 'sql.login', roles, decision: 'allowed' }),
    refused: (from) =>
      note({ tenant: undefined, from, action: 'sql.login', decision: 'denied', code: 'TOKEN_INVALID' }),
    denied: (access, from, { code, status }) =>
      note({
        ...who(access, from),
        action: 'sql.login',
        decision: status < 500 ? 'denied' : 'failed',
        code,
        rule: code,
      }),
    tooMany: (access, from) =>
      note({ ...who(access, from), action: 'sql.login', decision: 'denied', rule: 'too-many-sessions' }),
    refusedStatement(access, from, { code, status }) {
      if (status !== 403 || !code.startsWith('SQL_')) return;
      note({ ...who(access, from), action: 'query', decision: 'denied', code, rule: code });
    },
  };
}
