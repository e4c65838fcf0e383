// What a test asks over the wire of the SQL door, and every byte of the answer that has to be the same on another server.
import type { Tenant } from '@tessera/base';
import { int, type RawClient, rawClient, startMessage, text, typed } from '../sql/raw-client.ts';

/** One text: by the simple protocol, or with parameters by the extended one, prepared and described first. */
export interface SqlStep {
  readonly sql: string;
  readonly params?: readonly (string | null)[];
}
/** What one caller asks in one go, in his session. */
export type SqlQuestion = readonly SqlStep[];

export interface SqlCaller {
  readonly port: number;
  readonly tenant: Tenant;
  readonly subject: string;
  readonly token: string;
}

/** A caller's session: it stays open between questions, and is opened again where the door has ended it. */
export interface SqlSession {
  /** The answer to each step: messages of the door as texts. */
  ask(question: SqlQuestion): Promise<string>;
  close(): Promise<void>;
}

export function sqlSession(caller: SqlCaller): SqlSession {
  let raw: RawClient | undefined;
  const step = async ({ sql, params }: SqlStep): Promise<string> => {
    let greeting = '';
    if (!raw) {
      raw = rawClient(caller.port);
      raw.send(startMessage({ user: caller.subject, database: caller.tenant, application_name: 'proof' }));
      await raw.until('R');
      raw.send(typed('p', text(caller.token)));
      const said = await raw.until('Z');
      greeting = messagesOf(said.bytes);
      if (said.closed) {
        raw = undefined;
        return `${greeting} closed`;
      }
    }
    raw.send(...messages(sql, params));
    const { bytes, closed } = await raw.until('Z');
    if (closed) raw = undefined;
    return `${greeting}${messagesOf(bytes)}${closed ? ' closed' : ''}`;
  };
  return {
    async ask(question) {
      const answers: string[] = [];
      for (const one of question) answers.push(await step(one));
      return JSON.stringify(answers);
    },
    async close() {
      raw?.send(typed('X'));
      await raw?.closed();
      raw = undefined;
    },
  };
}

const short = (n: number) => int(n).subarray(2);
function messages(sql: string, params: SqlStep['params']): Buffer[] {
  if (!params) return [typed('Q', text(sql))];
  const values = params.flatMap((value) =>
    value === null ? [int(0xffffffff)] : [int(Buffer.byteLength(value)), Buffer.from(value)],
  );
  return [
    typed('P', text(''), text(sql), short(0)),
    typed('D', Buffer.from('S'), text('')),
    typed('B', text(''), text(''), short(0), short(params.length), ...values, short(0)),
    typed('E', text(''), int(0)),
    typed('S'),
  ];
}

/** Letter and content of each message; letters whose content the session is given for itself are listed here. */
const ownOf: Readonly<Record<string, string>> = { K: 'the key of the session' };

export function messagesOf(bytes: Buffer): string {
  const found: unknown[] = [];
  const names = counted();
  let columns: readonly { readonly name: string; readonly type: number }[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    const letter = String.fromCharCode(bytes[at] ?? 0);
    const body = bytes.subarray(at + 5, at + 1 + bytes.readUInt32BE(at + 1));
    if (letter === 'T') {
      const told = columnsOf(body);
      columns = told;
      found.push([letter, told.map(({ name, table, ...rest }) => ({ name, table: names(oid, table), ...rest }))]);
    } else if (letter === 'D')
      found.push([
        letter,
        cellsOf(body).map((cell, i) =>
          processes.has(columns[i]?.name ?? '') ? '' : names(columns[i]?.type ?? 0, cell),
        ),
      ]);
    else found.push([letter, ownOf[letter] ?? names(0, body.toString())]);
  }
  return JSON.stringify(found);
}

function columnsOf(body: Buffer) {
  let at = 2;
  return Array.from({ length: body.readUInt16BE(0) }, () => {
    const end = body.indexOf(0, at);
    const name = body.toString('utf8', at, end);
    at = end + 19;
    const fixed = body.subarray(end + 1, at);
    return {
      name,
      table: String(fixed.readUInt32BE(0)),
      rest: fixed.toString('hex', 4, 6) + fixed.toString('hex', 10),
      type: fixed.readUInt32BE(6),
    };
  });
}

function cellsOf(body: Buffer): (string | null)[] {
  let at = 2;
  return Array.from({ length: body.readUInt16BE(0) }, () => {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(0, length);
    return length < 0 ? null : body.toString('utf8', at - length, at);
  });
}

const timestamptz = 1184;
const oid = 26;
const xid = 28;
/** `oid`, `oidvector`, `oid[]`: the same number for the same thing, and another PostgreSQL counts otherwise. */
const countedTypes = new Set([oid, 30, 1028]);
const processes = new Set(['pid', 'pg_backend_pid']);
const firstOwn = 16_384;
/** Names that PostgreSQL makes of such numbers. */
const madeNames = /\b(pg_(?:toast|temp|toast_temp)_|RI_ConstraintTrigger_[ac]_)\d+/g;

/**
 * Numbers that a PostgreSQL counts for all its databases (of objects, transactions, processes) become their order of appearance: they tell that something was
 * made before, of whatever kind, and nothing else here is left out. Clocks that show now are left out, too.
 */
function counted(): <T extends string | null>(type: number, cell: T) => string | T {
  const seen = new Map<string, string>();
  const nameOf = (number: string) => {
    if (Number(number) < firstOwn) return number;
    const name = seen.get(number) ?? `#${seen.size + 1}`;
    seen.set(number, name);
    return name;
  };
  return (type, cell) => {
    if (cell === null) return cell;
    if (type === timestamptz) return 'a clock';
    if (type === xid) return 'a transaction';
    return countedTypes.has(type) ? cell.replace(/\d+/g, nameOf) : cell.replace(madeNames, '$1#');
  };
}

/** The answer without the order of its rows. */
export function unorderedSql(answer: string): string {
  return (JSON.parse(answer) as string[])
    .map((step) => {
      try {
        return JSON.stringify((JSON.parse(step) as unknown[]).map((one) => JSON.stringify(one)).sort());
      } catch {
        return step;
      }
    })
    .join('\n');
}
