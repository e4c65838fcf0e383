// Sessions of embeds end with the rights of who minted them.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fixedClock, type Tenant } from '@tessera/base';
import { type Access, type Revocation, type Rights, withRevocations } from '@tessera/security';
import { createEmbeds } from './create-embeds.ts';

const acme = 'acme-corp' as Tenant;
const now = fixedClock('2026-07-01T12:00:00Z');
const seconds = now().getTime() / 1000;
const call = { from: '192.0.2.1', request: 'r1' };
const steward: Access = {
  tenant: acme,
  subject: 'steward',
  email: undefined,
  name: undefined,
  groups: ['steward'],
  teams: [],
  amr: [],
  issuer: 'https://issuer.example',
  client: 'app',
  issuedAt: seconds - 60,
  expiresAt: seconds + 3600,
};
const all: Rights = {
  id: 'all',
  policy: 'test',
  roles: ['steward'],
  members: {
    measures: new Set(['users.count']),
    dimensions: new Map([['users.department', 'string' as const]]),
    segments: new Set(),
  },
  masked: new Set(),
  rows: {},
  actions: new Set(['query', 'embed.mint']),
};

test("an embed's session ends when its minter's rights are taken away, or everybody's; a minter of a later sign-in mints again", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'embeds-'));
  const revoked: Revocation[] = [];
  const audit = {
    append: async () => ({ sequence: 1 }),
    sensitive: <T>(_: unknown, work: (intent: { sequence: number }) => Promise<T>) => work({ sequence: 1 }),
  };
  const decide = withRevocations(
    () => all,
    () => revoked,
  );
  const embeds = createEmbeds({
    folder,
    originsOf: () => ['https://portal.example'],
    verifyToken: () => Promise.reject(new Error('nobody signs in here')),
    decideRights: decide,
    decideViewerRights: decide,
    audit,
    now,
  });
  const open = async (minter: Access) => {
    const body = { dashboard: 'overview', origin: 'https://portal.example', viewer: 'v1', locks: [] } as const;
    const { token } = await embeds.mint(minter, { ...body, locks: [] }, call);
    const { accessToken } = await embeds.exchange(token, call);
    return { accessToken, session: await embeds.verifyToken(accessToken) };
  };
  try {
    for (const subject of ['steward', null]) {
      const { session, accessToken } = await open(steward);
      assert.deepEqual([...embeds.decideRights(session).members.measures], ['users.count']);
      revoked.push({ tenant: 'globex-inc' as Tenant, subject, until: seconds });
      embeds.decideRights(session);
      await embeds.verifyToken(accessToken);
      revoked.push({ tenant: acme, subject, until: seconds });
      assert.throws(() => embeds.decideRights(session), { code: 'TOKEN_INVALID' });
      // Also where a route asks who it is and no more.
      await assert.rejects(embeds.verifyToken(accessToken), { code: 'TOKEN_INVALID' });
      await assert.rejects(open(steward), { code: 'TOKEN_INVALID' });
      embeds.decideRights((await open({ ...steward, issuedAt: seconds + 1 })).session);
      revoked.length = 0;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
