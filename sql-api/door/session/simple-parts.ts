// In charge of a Query whose rows enter its twin as parameters: inside it is the extended protocol's, outside one answer to one Query.
import { asFault } from '@tessera/base';
import type { Planned } from '../plan/contract.ts';
import {
  closeStatement,
  cstring,
  describePortal,
  describeStatement,
  execute,
  int16,
  int32,
  message,
  parse,
  sync,
} from '../wire/write.ts';
import { arrayTypeOid, binaryArray } from './array-writer.ts';
import type { SessionContext } from './context.ts';
import { ours } from './extended.ts';
import type { Parts } from './large.ts';
import { commandComplete, largePortal, runPortal } from './large-portal.ts';
import type { ReadColumns } from './statement.ts';

/** One SELECT and nothing else: only of such a text PostgreSQL takes parameters. */
export const isOneSelect = ({ statements }: Planned): boolean =>
  statements.length === 1 && statements[0]?.kind === 'select';

/**
 * Gives the rows in binary, which PostgreSQL reads much faster than literals. Parsed each time, like any Query: a plan that is kept would keep what
 * `'now'::timestamp` meant when it was made.
 */
export function answerWhole({ link }: SessionContext, planned: Planned, rows: readonly ReadColumns[]): void {
  const arrays = planned.reads.flatMap(({ columns }, read) =>
    columns.map(({ type }, column) => ({ type, bytes: binaryArray(rows[read]?.[column] ?? [], type) })),
  );
  const { text, types, position } = twinOf(planned);
  const name = `${ours}query`;
  // The one before is closed first: after a failure nothing is until the Sync.
  link.send(closeStatement(name), { kind: 'C', hidden: true });
  link.send(parse(name, text, types), { kind: 'P', hidden: true, position });
  const bytes = arrays.map((array) => array.bytes);
  link.send(bindText('', name, bytes), { kind: 'B', hidden: true });
  link.send(describePortal(''), { kind: 'D', hidden: true, shows: 'T' });
  link.send(execute('', 0), { kind: 'E' });
  link.send(sync, { kind: 'S' });
}

/** The twin with a parameter for each column of each read. */
function twinOf(planned: Planned) {
  const places = new Map<string, string>();
  const types: number[] = [];
  for (const [read, { columns }] of planned.reads.entries())
    for (const [column, { type }] of columns.entries()) {
      types.push(arrayTypeOid(type));
      places.set(`${read}.${column}`, `$${types.length}::${type}[]`);
    }
  return { types, ...planned.twin((read, column) => places.get(`${read}.${column}`) ?? 'null') };
}

/** Ends with the ReadyForQuery that the client waits for, whatever happens. */
export async function answerInParts(context: SessionContext, planned: Planned, parts: Parts): Promise<void> {
  const { link } = context;
  try {
    await answer(context, planned, parts);
  } catch (error) {
    context.fail(asFault(error));
  } finally {
    parts.close();
    link.send(sync, { kind: 'S' });
  }
}

async function answer(context: SessionContext, planned: Planned, parts: Parts): Promise<void> {
  const { link } = context;
  const { text, types, position } = twinOf(planned);
  const twin = context.ownName();
  link.send(parse(twin, text, types), { kind: 'P', hidden: true, position });
  const described = await link.ask('D', describeStatement(twin));
  const columns = described?.find(({ type }) => type === 'T');
  if (!columns) return;
  link.tell(columns.bytes);
  const portal = largePortal(parts, '', (name, part) => {
    link.send(bindText(name, twin, part.arrays), { kind: 'B', hidden: true });
  });
  portal.current = undefined;
  const ran = await runPortal(context, portal, 0);
  if (!ran) return;
  link.tell(commandComplete(ran.rows));
  link.send(closeStatement(twin), { kind: 'C', hidden: true });
}

/** Parameters in binary, the result in text: the simple protocol knows no other. */
function bindText(portal: string, statement: string, arrays: readonly Buffer[]): Buffer {
  const values = arrays.flatMap((value) => [int32(value.length), value]);
  return message(
    'B',
    cstring(portal),
    cstring(statement),
    int16(1),
    int16(1),
    int16(arrays.length),
    ...values,
    int16(0),
  );
}
