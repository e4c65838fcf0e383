// An Okta event hook's delivery, judged before it is kept: it says yes only to what staging can read. Its events are of the System Log's shape.
// https://developer.okta.com/docs/concepts/event-hooks/
import { z } from 'zod';
import type { JudgedDelivery } from './delivery.ts';
import { readJsonText, readShape, readText } from './delivery-text.ts';

const event = z.looseObject({
  uuid: z.string().min(1).max(200),
  published: z.iso.datetime({ offset: true }),
  eventType: z.string().min(1).max(200),
});
const envelope = z.looseObject({
  eventTime: z.iso.datetime({ offset: true }),
  data: z.looseObject({ events: z.array(event).min(1).max(1000) }),
});

/** DELIVERY_INVALID, by place and never by value, for what is no such delivery. */
export function readOktaDelivery(body: Uint8Array): JudgedDelivery {
  const { data, eventTime } = readShape(envelope, readJsonText(readText(body)));
  return { records: data.events.length, sentAt: new Date(eventTime), body };
}
