// What the two protocols share of a session.
import type { Fault } from '@tessera/base';
import type { BackendLink } from './backend-link.ts';
import type { NamedStatements } from './named.ts';
import type { Caller, StatementNeeds } from './statement.ts';

export interface SessionContext {
  readonly link: BackendLink;
  readonly needs: StatementNeeds;
  readonly caller: Caller;
  /** A question to the semantic layer begins; its signal fires when the client cancels or the clock runs out. */
  begin(): { readonly signal: AbortSignal; done(): void };
  /** Rows have been given: the statement's time begins again. */
  progress(): void;
  /** A name of ours for a statement or a portal, never given before in the session. */
  ownName(): string;
  /** Prepared statements are gone: the one of the name, or all. */
  forget(name: string | undefined): void;
  /** Ends the session and tells the client why. */
  end(fault: Fault): void;
  readonly named: NamedStatements;
  onFault(fault: Fault): void;
  /** Has PostgreSQL fail at this point of the extended conversation, and tells the client what we know. */
  fail(fault: Fault): void;
}
