// An Okta event hook's delivery, judged before it is kept: it says yes only to what staging can read. Its events are of the System Log's shape.
// https://developer.okta.com/docs/concepts/event-hooks/
import { Fault } from '@tessera/base';
import { z } from 'zod';

const event = z.looseObject({
  uuid: z.string().min(1).max(200),
  published: z.iso.datetime({ offset: true }),
  eventType: z.string().min(1).max(200),
});
const envelope = z.looseObject({
  eventTime: z.iso.datetime({ offset: true }),
  data: z.looseObject({ events: z.array(event).min(1).max(1000) }),
});

/** Real events nest some six levels; the engine's own limit is far, and nobody is to find it. */
const deepest = 64;

export interface OktaDelivery {
  readonly records: number;
  /** When Okta sent it. */
  readonly sentAt: Date;
}

/** DELIVERY_INVALID, by place and never by value, for what is no such delivery. */
export function readOktaDelivery(body: Uint8Array): OktaDelivery {
  const text = decode(body);
  if (isDeeperThan(text, deepest)) throw refused(`it nests deeper than ${deepest} levels`);
  const parsed = envelope.safeParse(parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`${issue?.path.join('.') || 'the top'}: ${issue?.message ?? 'not valid'}`);
  }
  const { data, eventTime } = parsed.data;
  return { records: data.events.length, sentAt: new Date(eventTime) };
}

const refused = (problem: string): Fault => new Fault('DELIVERY_INVALID', { problem });

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw refused('it is no UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('it is no JSON');
  }
}

/** Looks at brackets outside of strings only: before anything recursive sees the text. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (isInString) {
      if (char === '\\') i += 1;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
