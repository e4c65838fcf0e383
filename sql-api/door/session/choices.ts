// In charge of conditions that PostgreSQL decides before the question is asked: a dimension's values are fetched, and those that it takes follow what was probed.
import { randomBytes } from 'node:crypto';
import { identifier } from '../backend/admin.ts';
import type { Choice, ParamValue, Planned } from '../plan/contract.ts';
import type { Frame } from '../wire/frames.ts';
import { closeStatement, cstring, int16, int32, message, parse, simpleQuery } from '../wire/write.ts';
import { arrayTypeOid, binaryArray } from './array-writer.ts';
import { literalArray } from './arrays.ts';
import type { BackendLink } from './backend-link.ts';
import { closePortal } from './large-portal.ts';
import { bindMessage } from './messages.ts';
import type { BindMessage } from './params.ts';
import { rowTexts } from './probe.ts';
import { askReads, type Caller, type StatementNeeds } from './statement.ts';

/** Runs the choice over these values in the client's session; undefined where PostgreSQL refused and has told the client. */
export type RunChoice = (choice: Choice, values: readonly unknown[]) => Promise<readonly Frame[] | undefined>;

/** `probed` with one text more for each choice of the plan; undefined where PostgreSQL refused one. */
export async function withChoices(
  needs: StatementNeeds,
  caller: Caller,
  planned: Planned,
  params: readonly ParamValue[],
  probed: readonly ParamValue[] | undefined,
  signal: AbortSignal,
  run: RunChoice,
): Promise<readonly ParamValue[] | undefined> {
  if (probed === undefined || planned.choices.length === 0) return probed;
  const all = [...probed];
  for (const choice of planned.choices) {
    const [columns] = await askReads(needs, caller, [choice.read], params, probed, signal);
    const frames = await run(choice, columns?.[0] ?? []);
    if (frames === undefined) return undefined;
    all.push(...rowTexts(frames));
  }
  return all;
}

/** With the parameters of a Bind, by a statement of its own. */
export function chooseBound(link: BackendLink, name: string, types: readonly number[], bind: BindMessage): RunChoice {
  return async (choice, values) => {
    const text = choice.text(`$${types.length + 1}::text[]`);
    link.send(parse(name, text, [...types, arrayTypeOid('text')]), { kind: 'P', hidden: true });
    const array = binaryArray(values, 'text');
    link.send(bindMessage(name, name, bind, [array], int16(0)), { kind: 'B', hidden: true });
    const frames = await link.ask('E', message('E', cstring(name), int32(0)));
    link.send(closePortal(name), { kind: 'C', hidden: true });
    link.send(closeStatement(name), { kind: 'C', hidden: true });
    return frames;
  };
}

/** With the arguments of an EXECUTE, whose types PostgreSQL has found. */
export function chooseNamed(
  link: BackendLink,
  name: string,
  types: readonly ParamValue[],
  given: readonly string[],
): RunChoice {
  return (choice, values) => {
    const prepared = identifier(name);
    const array = literalArray(values, 'text', `d${randomBytes(9).toString('hex')}`);
    const text = choice.text(`$${types.length + 1}::text[]`);
    const steps = [
      `prepare ${prepared} (${[...types, 'text[]'].join(', ')}) as ${text}`,
      `execute ${prepared} (${[...given, array].join(', ')})`,
      `deallocate ${prepared}`,
    ];
    return link.ask('Q', simpleQuery(steps.join('; ')));
  };
}
