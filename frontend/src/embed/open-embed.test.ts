// The token leaves the address before anything else, and only a whole session with an exact origin is one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSession, takeToken } from './open-embed.ts';

test('attack 204: the token leaves address and history when it is read', () => {
  const replaced: unknown[] = [];
  const location = { hash: '#abc.def', pathname: '/embed/overview/id', search: '?theme=dark' };
  const token = takeToken(location, { replaceState: (...call) => replaced.push(...call) });
  assert.equal(token, 'abc.def');
  assert.deepEqual(replaced, [null, '', '/embed/overview/id?theme=dark']);
});

test('attack 204: a session without an exact origin is none, so that nothing is ever said to everybody', () => {
  const good = {
    accessToken: 'a',
    expiresAt: '2026-07-01T00:00:00Z',
    tenant: 'acme',
    dashboard: 'mttr',
    origin: 'https://portal.example',
  };
  assert.equal(parseSession(good).origin, 'https://portal.example');
  for (const origin of ['*', '', 'null', 'https://portal.example/', 'portal.example', undefined])
    assert.throws(() => parseSession({ ...good, origin }), String(origin));
});
