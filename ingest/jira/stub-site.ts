// A Jira site for tests: the stub vendor with /myself and /mypermissions answered, and a client connected to it.
import type { TestContext } from 'node:test';
import { fixedClock } from '@tessera/base';
import { type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { connectJira } from './client.ts';
import { jira } from './index.ts';

export const secret = 's3cret-api-token';
export const searchPath = '/rest/api/3/search/jql';
const isProbe = (call: StubCall) => /\/my(self|permissions)/.test(call.path);
export const missing: StubAnswer = { status: 404, body: { errorMessages: ['not found'], errors: {} } };

export interface Probes {
  readonly myself?: StubAnswer;
  readonly permissions?: StubAnswer;
}
export const me: StubAnswer = { body: { accountId: 'me', timeZone: 'America/New_York' } };

export async function site(
  t: TestContext,
  answer: (call: StubCall) => StubAnswer,
  { myself = me, permissions = missing }: Probes = {},
) {
  const vendor = await stubVendor(t, (call) =>
    call.path.includes('/myself') ? myself : call.path.includes('/mypermissions') ? permissions : answer(call),
  );
  const settings = jira.settings.parse({ url: vendor.url, email: 'reader@acme.example', apiToken: secret });
  const needs = { settings, web: vendor.web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} };
  const client = await connectJira(needs);
  return { client, calls: vendor.calls, asked: () => vendor.calls.filter((call) => !isProbe(call)) };
}
