// A webhook of Jira says that something happened. Its payload is not taken as state: it is of one moment, out of order and without history; Jira is asked instead.
// https://developer.atlassian.com/cloud/jira/platform/webhooks/
import { z } from 'zod';
import type { JudgedDelivery } from './delivery.ts';
import { readJsonText, readShape, readText } from './delivery-text.ts';

const webhook = z.looseObject({
  webhookEvent: z.string().regex(/^[a-z:_]{1,100}$/, 'not the name of an event'),
  timestamp: z.number().int().positive().max(8.64e15),
});

/** What only a complete listing shows: something went, or is another project's or person's matter. */
const needsAll = /delete|^project_|^user_/;

/** DELIVERY_INVALID for what is no webhook. Nothing of the payload is kept: it is full of names and texts that we never ask for. */
export function readJiraWake(body: Uint8Array): JudgedDelivery {
  const { webhookEvent, timestamp } = readShape(webhook, readJsonText(readText(body)));
  return {
    records: 0,
    sentAt: new Date(timestamp),
    body: new Uint8Array(),
    wakes: { whole: needsAll.test(webhookEvent) },
  };
}
