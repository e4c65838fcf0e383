// Who owns a running query, alone: the same id while it is asked for again, an end for its owner, and none for anybody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import type { Access } from '@tessera/security';
import { createRunningQueries } from './running-queries.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));
const somebody = (tenant: typeof acme, subject: string) => ({ tenant, subject }) as Access;
const ada = somebody(acme, 'ada');
const context = { tenant: acme, release: 1 };
const query = { measures: ['users.user_count'] };

function recorded() {
  const stopped: string[] = [];
  return { stopped, running: createRunningQueries((_, request) => void stopped.push(request)) };
}

test('who asks again after "Continue wait" has the same id; another person, release or question has another (attack 198)', () => {
  const { running } = recorded();
  const first = running.begin(ada, context, query);
  first.end('again');
  assert.equal(running.begin(ada, context, query).request, first.request);
  for (const [who, where, what] of [
    [somebody(acme, 'bob'), context, query],
    [somebody(globex, 'ada'), context, query],
    [ada, { ...context, release: 2 }, query],
    [ada, context, { measures: ['users.mfa_enrolled'] }],
  ] as const)
    assert.notEqual(running.begin(who, where, what).request, first.request);
});

test('attack 62: only the owner cancels, and once', () => {
  const { running, stopped } = recorded();
  const { request, signal } = running.begin(ada, context, query);
  for (const other of [somebody(acme, 'bob'), somebody(globex, 'ada'), somebody(globex, 'bob')])
    assert.equal(running.cancel(other, request), false);
  assert.deepEqual([stopped, signal.aborted], [[], false]);
  assert.equal(running.cancel(ada, request), true);
  assert.deepEqual([stopped, signal.aborted], [[request], true]);
  assert.equal(running.cancel(ada, request), false);
});

test('attack 194: the engine stops when the last who waits has left, not before, and not after an answer', () => {
  const { running, stopped } = recorded();
  const [first, second] = [running.begin(ada, context, query), running.begin(ada, context, query)];
  assert.equal(first.request, second.request);
  first.end('left');
  first.end('left');
  assert.deepEqual(stopped, []);
  second.end('left');
  assert.deepEqual(stopped, [first.request]);
  const answered = running.begin(ada, context, query);
  answered.end('answered');
  assert.equal(running.cancel(ada, answered.request), false);
  assert.equal(stopped.length, 1);
});
