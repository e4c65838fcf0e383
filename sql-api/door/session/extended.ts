// In charge of the extended protocol: PostgreSQL parses the client's own text (the shadow) and answers for its types; portals are bound to the twin, which has the rows.
import { asFault, Fault } from '@tessera/base';
import type { ColumnType } from '../contract.ts';
import type { ParamValue, Planned } from '../plan/contract.ts';
import type { Frame } from '../wire/frames.ts';
import {
  closeStatement,
  cstring,
  describePortal,
  describeStatement,
  int16,
  int32,
  message,
  parse,
} from '../wire/write.ts';
import { arrayTypeOid, binaryArray } from './array-writer.ts';
import { chooseBound, withChoices } from './choices.ts';
import { readText } from './client-text.ts';
import type { SessionContext } from './context.ts';
import { type ExplainFormat, explainRows, explainTwin } from './explain.ts';
import { faultMessage } from './fault-message.ts';
import { type Asked, askStatement } from './large.ts';
import {
  closePortal,
  commandComplete,
  type LargePortal,
  largePortal,
  portalSuspended,
  runPortal,
} from './large-portal.ts';
import { bindMessage, parameterTypes, shape } from './messages.ts';
import { frees, type NamedStatements } from './named.ts';
import { type BindMessage, cstringAt, paramText, readBind } from './params.ts';
import { rowTexts } from './probe.ts';
import { ofOneRelease, planFor } from './statement.ts';

/** A statement with a name, and the twin that answers for it. */
export interface Prepared {
  readonly planned: Planned;
  /** Types of the client's parameters, as PostgreSQL found them. */
  readonly types: readonly number[];
  readonly twin: string;
  readonly probe: string | undefined;
  /** Types of the twin's arrays, in the order of its parameters. */
  readonly arrays: readonly { readonly read: number; readonly column: number; readonly type: ColumnType }[];
  readonly explain: ExplainFormat | undefined;
}

/** Names of ours begin with a byte that no client's name begins with: clients' names are checked for it. */
export const ours = '\x01';

export interface Extended extends NamedStatements {
  parse(bytes: Buffer): Promise<void>;
  bind(bytes: Buffer): Promise<void>;
  execute(bytes: Buffer): Promise<void>;
  /** The transaction is over, and its portals with it. */
  endPortals(): void;
  /** Close of a statement: its twin goes with it. Of a portal: its rows are not wanted any more. */
  close(bytes: Buffer): void;
  forget(name: string | undefined): void;
  fail(fault: Fault): void;
}

export function createExtended(context: SessionContext): Extended {
  const { link, needs, caller } = context;
  const prepared = new Map<string, Prepared>();
  /** Prepared by SQL's own PREPARE; their twins are made when they are first wanted. */
  const named = new Map<string, Planned>();
  /** Portals whose rows come in parts. */
  const portals = new Map<string, { readonly portal: LargePortal; readonly twin: string }>();
  /** Twins whose statement is gone while a portal still needs them. */
  const stale = new Set<string>();

  /** Has PostgreSQL fail at this point of the conversation, and tells the client what we know. */
  function fail(fault: Fault): void {
    context.onFault(fault);
    const substitute = { code: fault.sqlstate, bytes: faultMessage(fault) };
    const [name, portal] = [cstring(`${ours}raise`), cstring(`${ours}raise`)];
    const values = [fault.sqlstate, fault.message].map((text) => Buffer.from(text.replaceAll('\0', '')));
    link.send(closeStatement(`${ours}raise`), { kind: 'C', hidden: true });
    link.send(parse(`${ours}raise`, 'select door.raise($1, $2)', [25, 25]), { kind: 'P', hidden: true, substitute });
    link.send(
      message('B', portal, name, int16(0), int16(2), ...values.flatMap((v) => [int32(v.length), v]), int16(0)),
      { kind: 'B', hidden: true, substitute },
    );
    link.send(message('E', portal, int32(0)), { kind: 'E', hidden: true, substitute });
  }

  function drop(name: string): void {
    named.delete(name);
    const old = prepared.get(name);
    if (!old) return;
    prepared.delete(name);
    stale.add(old.twin);
    closeStale();
    if (old.probe) link.send(closeStatement(old.probe), { kind: 'C', hidden: true });
  }

  function closeStale(): void {
    const used = new Set([...portals.values()].map(({ twin }) => twin));
    for (const twin of stale) {
      if (used.has(twin)) continue;
      stale.delete(twin);
      link.send(closeStatement(twin), { kind: 'C', hidden: true });
    }
  }

  function endPortal(name: string): void {
    portals.get(name)?.portal.parts.close();
    portals.delete(name);
  }

  async function onParse(bytes: Buffer): Promise<void> {
    const name = cstringAt(bytes, 5);
    const sql = decode(bytes, name.next);
    if (name.text.startsWith(ours)) throw new Fault('SQL_TEXT_INVALID', {});
    const planned = planFor(needs, caller, sql.text);
    for (const statement of planned.statements) if (frees(sql.text, statement)) context.forget(statement.name);
    if (name.text === '') drop('');
    if (planned.statements.some((one) => one.kind === 'execute' && knows(one.name ?? '')))
      throw new Fault('SQL_EXTENDED_REFUSED', { statement: 'EXECUTE' });
    if (planned.reads.length === 0) {
      if (!planned.edited) return link.send(bytes, { kind: 'P' });
      const { text, position } = planned.twin(() => '');
      return link.send(message('P', bytes.subarray(5, name.next), cstring(text), bytes.subarray(sql.next)), {
        kind: 'P',
        position,
      });
    }
    const [first] = planned.statements;
    if (first?.kind === 'prepare') throw new Fault('SQL_EXTENDED_REFUSED', { statement: 'PREPARE' });
    link.send(bytes, { kind: 'P' });
    const shadow = await link.ask('D', describeStatement(name.text));
    if (!shadow) return;
    await prepareTwin(
      name.text,
      planned,
      shadow,
      first?.kind === 'explain' ? (first.explain?.format ?? 'text') : undefined,
    );
  }

  async function prepareTwin(
    name: string,
    planned: Planned,
    shadow: readonly Frame[],
    explain: ExplainFormat | undefined,
  ): Promise<void> {
    const types = parameterTypes(shadow);
    const arrays = explain
      ? [{ read: -1, column: -1, type: 'text' as const }]
      : planned.reads.flatMap(({ columns }, read) => columns.map(({ type }, column) => ({ read, column, type })));
    const places = new Map(
      arrays.map(({ read, column, type }, i) => [`${read}.${column}`, `$${types.length + i + 1}::${type}[]`]),
    );
    const { text, position } = explain
      ? { text: explainTwin(explain, `$${types.length + 1}::text[]`), position: () => 1 }
      : planned.twin((read, column) => places.get(`${read}.${column}`) ?? 'null');
    const twin = context.ownName();
    link.send(parse(twin, text, [...types, ...arrays.map(({ type }) => arrayTypeOid(type))]), {
      kind: 'P',
      hidden: true,
      position,
    });
    const probe = planned.probe === undefined ? undefined : context.ownName();
    if (probe) link.send(parse(probe, planned.probe ?? '', types), { kind: 'P', hidden: true });
    const again = await link.ask('D', describeStatement(twin));
    if (!again) return;
    if (shape(again) !== shape(shadow)) return fail(new Fault('SQL_ANSWER_SHAPE', {}));
    prepared.set(name, { planned, types, twin, probe, arrays, explain });
  }

  const knows = (name: string): boolean => prepared.has(name) || named.has(name);

  async function ready(name: string): Promise<Prepared | undefined> {
    const planned = named.get(name);
    if (!planned || prepared.has(name)) return prepared.get(name);
    const shadow = await link.ask('D', describeStatement(name));
    if (shadow) await prepareTwin(name, planned, shadow, undefined);
    return prepared.get(name);
  }

  async function onBind(bytes: Buffer): Promise<void> {
    const bind = readBind(bytes);
    endPortal(bind.portal);
    closeStale();
    const statement = await ready(bind.statement);
    if (!statement && knows(bind.statement)) return;
    if (!statement) {
      caller.check();
      if (bind.statement.startsWith(ours)) throw new Fault('SQL_TEXT_INVALID', {});
      return link.send(bytes, { kind: 'B' });
    }
    const { types, planned, explain } = statement;
    if (bind.values.length !== types.length)
      throw new Fault('SQL_PARAM_COUNT', { given: bind.values.length, wanted: types.length });
    const params = bind.values.map((value, i) => paramText(value, bind.formats[i] ?? 0, types[i] ?? 0));
    const { signal, done } = context.begin();
    try {
      const asked = await ofOneRelease(needs, caller, planned, async (): Promise<Asked | undefined> => {
        const run = chooseBound(link, `${ours}choose`, types, bind);
        const probed = await withChoices(needs, caller, planned, params, await probe(statement, bind), signal, run);
        if (!explain) return probed && askStatement(needs, caller, planned, params, probed, signal);
        return probed && { rows: [[await explainRows(needs, caller, planned.reads, params, probed, explain)]] };
      });
      if (asked === undefined) return;
      const send = (portal: string, arrays: readonly Buffer[], hidden: boolean) =>
        link.send(bindMessage(portal, statement.twin, bind, arrays, bind.resultFormats), { kind: 'B', hidden });
      if ('rows' in asked) {
        const arrays = statement.arrays.map(({ read, column, type }) =>
          binaryArray(asked.rows[Math.max(read, 0)]?.[Math.max(column, 0)] ?? [], type),
        );
        return send(bind.portal, arrays, false);
      }
      const { parts } = asked;
      const portal = largePortal(parts, bind.portal, (name, part) => send(name, part.arrays, true));
      portals.set(bind.portal, { portal, twin: statement.twin });
      const first = await parts.next(signal);
      send(bind.portal, first?.arrays ?? statement.arrays.map(({ type }) => binaryArray([], type)), false);
    } finally {
      done();
    }
  }

  /** Of a portal whose rows come in parts; everything else is PostgreSQL's. */
  async function onExecute(bytes: Buffer): Promise<void> {
    const name = cstringAt(bytes, 5);
    const portal = portals.get(name.text)?.portal;
    caller.check();
    if (!portal) return link.send(bytes, { kind: 'E' });
    try {
      // Only PostgreSQL knows whether the portal is still there: its transaction or its savepoint may be over.
      if (portal.current !== name.text && !(await link.ask('D', describePortal(name.text))))
        return endPortal(name.text);
      const ran = await runPortal(context, portal, Math.max(0, bytes.readInt32BE(name.next)));
      if (!ran) return endPortal(name.text);
      link.tell(ran.isOver ? commandComplete(ran.rows) : portalSuspended);
      if (!ran.isOver) return;
      // Nothing more comes of it, however often it is asked.
      portal.left = 0;
      portal.parts.close();
    } catch (error) {
      endPortal(name.text);
      throw error;
    }
  }

  async function probe({ probe: name }: Prepared, bind: BindMessage): Promise<readonly ParamValue[] | undefined> {
    if (name === undefined) return [];
    const portal = `${ours}probe`;
    link.send(bindMessage(portal, name, bind, [], int16(0)), { kind: 'B', hidden: true });
    const frames = await link.ask('E', message('E', cstring(portal), int32(0)));
    if (!frames) return undefined;
    link.send(message('C', Buffer.from('P'), cstring(portal)), { kind: 'C', hidden: true });
    return rowTexts(frames);
  }

  const guarded = (work: (bytes: Buffer) => Promise<void>) => async (bytes: Buffer) => {
    try {
      await work(bytes);
    } catch (error) {
      if (!(error instanceof Fault) && (error as { code?: string }).code === '08P01') throw error;
      if (error instanceof Fault && error.code === 'SQL_CATALOG_CHANGED') return context.end(error);
      fail(asFault(error));
    }
  };
  return {
    parse: guarded(onParse),
    bind: guarded(onBind),
    execute: guarded(onExecute),
    endPortals() {
      for (const name of [...portals.keys()]) endPortal(name);
    },
    close(bytes) {
      const { text } = cstringAt(bytes, 6);
      if (bytes[5] === 0x53) return drop(text);
      const current = portals.get(text)?.portal.current;
      if (current !== undefined && current !== text) link.send(closePortal(current), { kind: 'C', hidden: true });
      endPortal(text);
    },
    forget(name) {
      if (name !== undefined) return drop(name);
      prepared.clear();
      named.clear();
    },
    fail,
    knows,
    isReady: (name) => prepared.has(name),
    remember(name, planned) {
      named.set(name, planned);
    },
    ready,
  };
}

function decode(bytes: Buffer, at: number): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new Fault('SQL_TEXT_INVALID', {});
  return { text: readText(bytes.subarray(at, end)), next: end + 1 };
}
