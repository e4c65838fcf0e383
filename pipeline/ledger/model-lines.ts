// bronze → silver → gold, as the table of accounts says; of events only the days that something new fell on.
import type { DeltaTable, EngineSession, Release } from '@tessera/lakehouse';
import { type ModelAccount, utcDay } from './account.ts';
import { balance, isOpen } from './balance.ts';
import type { Group, LedgerLine } from './contract.ts';
import { modelAccounts } from './model-accounts.ts';

export type Tables = ReadonlyMap<string, DeltaTable>;
interface Span {
  readonly from: string;
  readonly to: string;
}

/** Accounts whose roots are not as the release before had them. Without `before` all, and the whole of each. */
export async function modelLines(
  session: EngineSession,
  tables: Tables,
  inputs: Readonly<Record<string, number>>,
  before: Pick<Release, 'inputs'> | undefined,
): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  const news = newsOf(session, tables, before);
  for (const account of modelAccounts) {
    const changed = account.roots.filter((root) => inputs[root] !== undefined && inputs[root] !== before?.inputs[root]);
    if (changed.length === 0) continue;
    const span = before && account.instants ? await spanOf(account, changed, news) : undefined;
    if (span === 'nothing') continue;
    const narrow = await linesOf(session, tables, account, span);
    // An attempt may have begun long before its last event: the whole table decides before anybody is told.
    const wrong = span !== undefined && narrow.some(isOpen);
    lines.push(...(wrong ? await linesOf(session, tables, account, undefined) : narrow));
  }
  return lines;
}

/** First and last day of what came to a table since the release, none where only a cursor moved. Several accounts ask for the same one, which is read once. */
function newsOf(session: EngineSession, tables: Tables, before: Pick<Release, 'inputs'> | undefined) {
  const known = new Map<string, Promise<readonly string[]>>();
  const read = async (root: string, column: string) => {
    const added = await tables.get(root)?.scanAddedSince(before?.inputs[root] ?? -1);
    if (added === undefined) return [];
    const [row] = await session.query(
      `select ${utcDay(`min(${column})`)} as "from", ${utcDay(`max(${column})`)} as "to" from (${added.sql})`,
    );
    return [row?.from, row?.to].filter((found) => found != null).map(String);
  };
  return (root: string, column: string): Promise<readonly string[]> => {
    const days = known.get(`${root} ${column}`) ?? read(root, column);
    known.set(`${root} ${column}`, days);
    return days;
  };
}

/** The days of an account's news; undefined where its roots do not tell the day. */
async function spanOf(
  { instants = {} }: ModelAccount,
  changed: readonly string[],
  news: ReturnType<typeof newsOf>,
): Promise<Span | 'nothing' | undefined> {
  const all: string[] = [];
  for (const root of changed) {
    const column = instants[root] ?? eventInstant[root];
    if (column === undefined) return undefined;
    all.push(...(await news(root, column)));
  }
  const days = all.sort();
  const [from, to] = [days[0], days.at(-1)];
  return from === undefined || to === undefined
    ? 'nothing'
    : { from: `${from}T00:00:00.000Z`, to: `${to}T23:59:59.999Z` };
}

const eventInstant: Readonly<Record<string, string>> = {
  okta__log: 'published',
  elasticsearch__auth_logs: 'timestamp',
};

async function linesOf(
  session: EngineSession,
  tables: Tables,
  account: ModelAccount,
  span: Span | undefined,
): Promise<LedgerLine[]> {
  const selects = new Map<string, string>();
  // Names are bound before the account's SQL is made, since opening a table waits for its log.
  const wanted = new Set<string>();
  const note = (name: string) => {
    wanted.add(name);
    return name;
  };
  account.expected(note);
  account.found(note);
  for (const name of wanted) {
    const column = account.instants?.[name];
    const table = tables.get(name);
    if (table === undefined) throw new Error(`the ledger names a table that is not: ${name}`);
    const within = span && column ? { column, min: span.from, max: span.to } : undefined;
    const { sql } = await table.scan(undefined, undefined, within);
    const filter = within ? ` where ${column} between TIMESTAMPTZ '${span?.from}' and TIMESTAMPTZ '${span?.to}'` : '';
    selects.set(name, `(select * from (${sql})${filter})`);
  }
  const bind = (name: string) => selects.get(name) ?? '';
  const groups = async (select: string): Promise<Group[]> => {
    const rows = await session.query(
      `select day, reason, count(*) as rows, (coalesce(sum(h), 0)::hugeint % 18446744073709551616)::varchar as sum, coalesce(bit_xor(h), 0)::varchar as xor
       from (${select}) group by day, reason order by day`,
    );
    return rows.map((row) => ({
      day: String(row.day),
      reason: row.reason === null ? null : String(row.reason),
      rows: Number(row.rows),
      sum: String(row.sum),
      xor: String(row.xor),
    }));
  };
  const { hop, source, object } = account;
  const left = await groups(account.expected(bind));
  const right = await groups(`select *, null::varchar as reason from (${account.found(bind)})`);
  return balance({ hop, source, object }, left, right);
}
