// In charge of a Query whose answer comes in parts: inside it is the extended protocol's, outside one answer to one Query.
import { asFault } from '@tessera/base';
import type { Planned } from '../plan/contract.ts';
import { closeStatement, cstring, describeStatement, int16, int32, message, parse, sync } from '../wire/write.ts';
import { arrayTypeOid } from './arrays.ts';
import type { SessionContext } from './context.ts';
import type { Parts } from './large.ts';
import { commandComplete, largePortal, runPortal } from './large-portal.ts';

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
  const types = (planned.reads[0]?.columns ?? []).map(({ type }) => type);
  const { text, position } = planned.twin((_, column) => `$${column + 1}::${types[column]}[]`);
  const twin = context.ownName();
  link.send(parse(twin, text, types.map(arrayTypeOid)), { kind: 'P', hidden: true, position });
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
