// The statuses of the tenants' Jira and the roads through them.
import type { StatusFact } from '../facts.ts';

const status = (id: string, name: string, category: StatusFact['category']): StatusFact => ({ id, name, category });

export const statuses: readonly StatusFact[] = [
  status('10000', 'To Do', 'new'),
  status('10001', 'Selected for Development', 'new'),
  status('3', 'In Progress', 'indeterminate'),
  status('10002', 'In Review', 'indeterminate'),
  status('10003', 'Waiting for customer', 'indeterminate'),
  status('10004', 'Blocked', 'indeterminate'),
  status('10005', 'Done', 'done'),
  status('10006', 'Closed', 'done'),
  // Named by a site in another language: only the category's key is to be trusted.
  status('10007', '\u8fdb\u884c\u4e2d', 'indeterminate'),
];

/** A status that was removed since: histories still name it, the list does not. */
export const removedStatus = '10999';

export const todo = '10000';
export const done = '10005';
export const closed = '10006';

/** Statuses passed on the way to done, and how often. */
export const roads: readonly (readonly [readonly string[], number])[] = [
  [['3'], 40],
  [['3', '10002'], 30],
  [['10001', '3', '10002'], 10],
  [['3', '10003', '3'], 12],
  [['3', '10004', '3', '10002'], 6],
  [['10007'], 2],
  [[], 8],
];

export const isDone = (id: string) => statuses.find((one) => one.id === id)?.category === 'done';
