// Attack 209: two windows of one browser, of which one signs out or becomes somebody else.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { joinWindows, tellSignedOut } from './other-windows.ts';

function window(t: TestContext, subject: string) {
  const heard: string[] = [];
  let woken = Promise.withResolvers<void>();
  const hear = (what: string) => () => {
    heard.push(what);
    woken.resolve();
    woken = Promise.withResolvers<void>();
  };
  const next = () => woken.promise;
  t.after(joinWindows(subject, { signedOut: hear('signed out'), somebodyElse: hear('somebody else') }));
  return { heard, next };
}

test('attack 209: the same person in a second window disturbs nobody; somebody else is told to the first', async (t) => {
  const first = window(t, 'ada');
  const hears = first.next();
  window(t, 'ada');
  window(t, 'bob');
  await hears;
  assert.deepEqual(first.heard, ['somebody else']);
});

test('attack 209: a sign-out is heard in every other window, and what nobody understands in none', async (t) => {
  const [one, two] = [window(t, 'ada'), window(t, 'ada')];
  const heard = one.next();
  const odd = new BroadcastChannel('tessera.session');
  for (const data of [
    null,
    7,
    'signed-out',
    { kind: 'other' },
    { kind: 'signed-in' },
    { kind: 'signed-in', subject: 7 },
  ])
    odd.postMessage(data);
  odd.close();
  tellSignedOut();
  await heard;
  assert.deepEqual([one.heard, two.heard], [['signed out'], []], 'the window that signs out goes to the issuer itself');
});
