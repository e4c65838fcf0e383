// Where the ledger lies in the tenant's lake: an entry a run, what staging told of its pages, and what is open.
import type { SourceName } from '@tessera/base';
import type { AccountDay, StageAccount } from '@tessera/ingest';
import type { TenantLake } from '@tessera/lakehouse';
import type { LedgerEntry, OpenLedger } from './contract.ts';

/** Names sort: what is open, accounts, entries. */
const names = {
  open: 'open',
  openServed: 'open-served',
  account: (run: string, source: SourceName, stream: string) => `pages-${run}.${source}.${stream}`,
  entry: (run: string) => `run-${run}`,
};

export interface LedgerStore {
  /** The newest entries, newest first. */
  entries(most: number): Promise<readonly LedgerEntry[]>;
  entry(run: string): Promise<LedgerEntry | undefined>;
  putEntry(entry: LedgerEntry): Promise<void>;
  /** Of the copy that is served, which no later release waits for. */
  openServed(): Promise<OpenLedger | undefined>;
  putOpenServed(open: OpenLedger | undefined): Promise<void>;
  open(): Promise<OpenLedger | undefined>;
  putOpen(open: OpenLedger | undefined): Promise<void>;
  account(run: string, source: SourceName, stream: string): Promise<StageAccount | undefined>;
  dropAccount(run: string, source: SourceName, stream: string): Promise<void>;
  /** Takes what staging tells, batch by batch; the same part again begins anew. */
  accountOf(run: string, source: SourceName, stream: string): (account: StageAccount) => Promise<void>;
}

export function openLedger({ ledger }: Pick<TenantLake, 'ledger'>): LedgerStore {
  const read = async <T>(name: string) => (await ledger.get(name)) as T | undefined;
  return {
    entries: async (most) => ((await ledger.list(most)) as readonly LedgerEntry[]).filter(isEntry).toReversed(),
    entry: (run) => read<LedgerEntry>(names.entry(run)),
    openServed: () => read<OpenLedger>(names.openServed),
    putOpenServed: (open) =>
      open === undefined ? ledger.remove(names.openServed) : ledger.put(names.openServed, open),
    putEntry: (entry) => ledger.put(names.entry(entry.run), entry),
    open: () => read<OpenLedger>(names.open),
    putOpen: (open) => (open === undefined ? ledger.remove(names.open) : ledger.put(names.open, open)),
    account: (run, source, stream) => read<StageAccount>(names.account(run, source, stream)),
    dropAccount: (run, source, stream) => ledger.remove(names.account(run, source, stream)),
    accountOf(run, source, stream) {
      const pages: string[] = [];
      const unreadable: string[] = [];
      const days: AccountDay[] = [];
      return async (account) => {
        pages.push(...account.pages);
        unreadable.push(...account.unreadable);
        days.push(...account.days);
        await ledger.put(names.account(run, source, stream), { pages, unreadable, days });
      };
    },
  };
}

const isEntry = (found: LedgerEntry): boolean => found.balanced !== undefined;
