// The demo issuer over real HTTP: sign-in with PKCE, tokens, sign-out.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { must, parseTenant, readSettings } from '@tessera/base';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { createIssuer, type DemoIssuer } from './index.ts';
import { mintDemoToken } from './mint.ts';

const app = 'http://127.0.0.1:4000';
const redirect = `${app}/signed-in`;
const tenants = [
  {
    tenant: 'acme-corp',
    displayName: 'Acme <Corp>',
    people: [{ email: 'analyst@acme-corp.example', name: 'Alex Analyst', groups: ['analyst'] }],
  },
];

describe('the demo issuer', () => {
  let server: Server;
  let issuer: DemoIssuer;
  let folder: string;
  let port: number;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tessera-issuer-'));
    server = createServer((request, response) => issuer.listener(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
    issuer = await createIssuer({
      url: `http://127.0.0.1:${port}/oidc`,
      appOrigins: [app],
      tenants,
      keysFolder: folder,
    });
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  });

  const discover = async () =>
    (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as Record<string, string>;
  const verify = async (token: string) => {
    const { jwks_uri } = await discover();
    return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri as string)), {
      issuer: issuer.url,
      audience: 'api://tessera',
      algorithms: ['RS256'],
    });
  };

  /** A browser with cookies, as far as this needs one. */
  function browser() {
    const cookies = new Map<string, string>();
    return async (url: string, init: RequestInit = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(new URL(url, issuer.url), {
        ...init,
        redirect: 'manual',
        headers: { ...init.headers, cookie },
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        const [name = '', value = ''] = pair.split(/=(.*)/s);
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    };
  }
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

  async function signIn(visit: ReturnType<typeof browser>, extra: Record<string, string> = {}) {
    const verifier = randomBytes(32).toString('base64url');
    const { authorization_endpoint } = await discover();
    const question = new URLSearchParams({
      client_id: 'tessera-app',
      redirect_uri: redirect,
      response_type: 'code',
      scope: 'openid profile email',
      state: 's',
      nonce: 'n',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    });
    let response = await visit(`${authorization_endpoint}?${question}`);
    let place = response.headers.get('location') ?? '';
    if (place.includes('/interaction/')) {
      const shown = await visit(place);
      assert.equal(shown.status, 200);
      assert.match(await shown.text(), /no passwords/);
      response = await visit(place, form({ email: 'Analyst@acme-corp.example' }));
      place = response.headers.get('location') ?? '';
    }
    while (place !== '' && !place.startsWith(app)) {
      response = await visit(place);
      place = response.headers.get('location') ?? '';
    }
    return { verifier, answer: new URL(place).searchParams };
  }
  async function tokens(verifier: string, code: string) {
    const { token_endpoint } = await discover();
    return fetch(token_endpoint as string, {
      ...form({
        grant_type: 'authorization_code',
        client_id: 'tessera-app',
        redirect_uri: redirect,
        code,
        code_verifier: verifier,
      }),
      headers: { origin: app },
    });
  }

  it('signs a person in with a code and PKCE, without a page of consent, and puts tenant and groups into the token', async () => {
    const { verifier, answer } = await signIn(browser());
    assert.equal(answer.get('state'), 's');
    const response = await tokens(verifier, answer.get('code') ?? '');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), app);
    const { access_token, id_token } = (await response.json()) as { access_token: string; id_token: string };
    const { payload, protectedHeader } = await verify(access_token);
    assert.equal(protectedHeader.typ, 'at+jwt');
    // No longer than the server takes it, or the page would learn by a refusal that it must renew.
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), readSettings({}).tokenMinutes * 60);
    assert.equal(readSettings({}).tokenMinutes, 15);
    assert.equal(payload.tenant_id, 'acme-corp');
    assert.equal(payload.client_id, 'tessera-app');
    assert.equal(payload.email, 'analyst@acme-corp.example');
    assert.equal(payload.name, 'Alex Analyst');
    assert.deepEqual(payload.groups, ['analyst']);
    assert.deepEqual(payload.amr, ['pwd', 'mfa']);
    assert.equal(typeof payload.auth_time, 'number');
    const identity = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    assert.equal(identity.tenant_id, 'acme-corp');
  });

  it('knows a person who comes back, and answers a silent request of a stranger with login_required', async () => {
    const visit = browser();
    await signIn(visit);
    const again = await signIn(visit, { prompt: 'none' });
    assert.ok(again.answer.get('code'));
    const stranger = await signIn(browser(), { prompt: 'none' });
    assert.equal(stranger.answer.get('error'), 'login_required');
  });

  it('refuses a code without its verifier, and an authorization without PKCE', async () => {
    const { answer } = await signIn(browser());
    const response = await tokens(randomBytes(32).toString('base64url'), answer.get('code') ?? '');
    assert.equal(response.status, 400);
    const visit = browser();
    const { authorization_endpoint } = await discover();
    const bare = await visit(
      `${authorization_endpoint}?client_id=tessera-app&redirect_uri=${redirect}&response_type=code&scope=openid`,
    );
    assert.match(bare.headers.get('location') ?? '', /error=invalid_request/);
  });

  it('refuses a redirect to anywhere but the application', async () => {
    const visit = browser();
    const { authorization_endpoint } = await discover();
    const response = await visit(
      `${authorization_endpoint}?client_id=tessera-app&redirect_uri=https://evil.example/&response_type=code&scope=openid`,
    );
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('location'), null);
  });

  it('tells an unknown e-mail that nobody has it, escaped', async () => {
    const visit = browser();
    const { authorization_endpoint } = await discover();
    const begun = await visit(
      `${authorization_endpoint}?client_id=tessera-app&redirect_uri=${redirect}&response_type=code&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`,
    );
    const place = begun.headers.get('location') ?? '';
    const response = await visit(place, form({ email: '<b>@x.example' }));
    const text = await response.text();
    assert.equal(response.status, 422);
    assert.ok(text.includes('&lt;b&gt;@x.example') && !text.includes('<b>@x'));
    assert.ok(text.includes('Acme &lt;Corp&gt;'));
    assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  });

  it('signs out and returns to the application', async () => {
    const visit = browser();
    const { verifier, answer } = await signIn(visit);
    const { id_token } = (await (await tokens(verifier, answer.get('code') ?? '')).json()) as { id_token: string };
    const { end_session_endpoint } = await discover();
    const question = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: `${app}/signed-out` });
    const shown = await (await visit(`${end_session_endpoint}?${question}`)).text();
    const action = /action="([^"]+)"/.exec(shown)?.[1] ?? '';
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(shown)?.[1] ?? '';
    const left = await visit(action, form({ xsrf, logout: 'yes' }));
    assert.equal(left.headers.get('location'), `${app}/signed-out`);
    const after = await signIn(visit, { prompt: 'none' });
    assert.equal(after.answer.get('error'), 'login_required');
  });

  it('mints tokens with the same key, also when it was started anew', async () => {
    const request = {
      tenant: must(parseTenant('globex-inc')),
      user: 'viewer@globex-inc.example',
      groups: ['viewer'],
      ttlSeconds: 60,
    };
    const token = await issuer.mintToken(request);
    const { payload } = await verify(token);
    assert.equal(payload.tenant_id, 'globex-inc');
    assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
    const again = await createIssuer({ url: issuer.url, appOrigins: [app], tenants, keysFolder: folder });
    assert.equal(decodeProtectedHeader(await again.mintToken(request)).kid, decodeProtectedHeader(token).kid);
    const home = await mkdtemp(path.join(tmpdir(), 'tessera-home-'));
    const minted = await mintDemoToken({ home, host: '127.0.0.1', demoPort: port }, request);
    assert.equal(JSON.parse(Buffer.from(minted.split('.')[1] ?? '', 'base64url').toString()).iss, issuer.url);
    await rm(home, { recursive: true });
  });

  it('answers the application across origins and nobody else', async () => {
    const { token_endpoint } = await discover();
    const from = (origin: string) =>
      fetch(token_endpoint as string, { ...form({ client_id: 'tessera-app' }), headers: { origin } });
    assert.equal((await from(app)).headers.get('access-control-allow-origin'), app);
    assert.notEqual(
      (await from('https://evil.example')).headers.get('access-control-allow-origin'),
      'https://evil.example',
    );
  });
});
