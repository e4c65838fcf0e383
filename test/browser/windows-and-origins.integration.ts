// Pages of a hostile neighbour under the same domain (attack 206), and several windows of one browser (attack 209, declared in `windows.ts`), in a real Chromium.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { must, observeNothing, parseTenant, readSettings, type Settings } from '@tessera/base';
import { startTessera } from '@tessera/cli/start-tessera.ts';
import { mintDemoToken } from '@tessera/demo';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from './open-browser.ts';
import { choosePerson } from './visit.ts';
import { testWindows } from './windows.ts';

const tenant = must(parseTenant('initech'));
/** Names below `localhost` lead to this machine in every browser, and two below `tessera.localhost` are of one site. */
const originOf = (host: string, port: string | number) => `http://${host}:${port}`;

let home: string;
let settings: Settings;
let tessera: Awaited<ReturnType<typeof startTessera>>;
let browser: Browser | undefined;
let evil: Server;
let evilPort: number;
/** The application under the name that its hostile neighbour shares a domain with. */
let app: string;

before(
  async () => {
    browser = await openBrowser().catch(() => undefined);
    if (!browser) return;
    home = await mkdtemp(path.join(tmpdir(), 'tessera-windows-'));
    settings = readSettings({ TESSERA_HOME: home, TESSERA_PORT: '0', TESSERA_SQL: 'off', TESSERA_DEMO_PORT: '0' });
    tessera = await startTessera(settings, observeNothing, { demoTenants: [tenant] });
    await tessera.ready;
    app = originOf('app.tessera.localhost', new URL(tessera.url).port);
    evil = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>neighbour</title>'),
    ).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    evilPort = (evil.address() as { port: number }).port;
  },
  { timeout: 580_000 },
);
after(async () => {
  await browser?.close();
  evil?.close();
  await tessera?.close();
  if (home) await rm(home, { recursive: true, force: true });
});

/** A fresh profile of the browser; undefined where there is no browser. */
async function profile(t: TestContext): Promise<BrowserContext | undefined> {
  if (!browser) {
    t.skip('skipped: there is no Chromium here');
    return undefined;
  }
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  return context;
}
async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}
const neighbour = (context: BrowserContext) => open(context, originOf('evil.tessera.localhost', evilPort));
const bearer = async (): Promise<string> => {
  const demo = { ...settings, demoPort: Number(new URL(tessera.demoUrl ?? '').port) };
  return mintDemoToken(demo, { tenant, user: 'a@initech.example', groups: ['steward'], ttlSeconds: 600 });
};

/** Asks the application in the ways that a script has; what it may not read is `refused`. */
async function fetchFrom(page: Page, token: string): Promise<Record<string, string>> {
  return page.evaluate(
    async ([own, given]) => {
      const json = { 'content-type': 'application/json' };
      const asks: Record<string, [string, RequestInit]> = {
        page: ['/', { credentials: 'include' }],
        config: ['/api/v1/app-config', { credentials: 'include' }],
        tenant: ['/api/v1/tenant', { credentials: 'include' }],
        token: ['/api/v1/tenant', { headers: { authorization: `Bearer ${given}` } }],
        mint: ['/api/v1/embeds', { method: 'POST', headers: json, body: '{}', credentials: 'include' }],
        plain: ['/api/v1/embeds/exchange', { method: 'POST', body: '{"token":"x"}' }],
        load: ['/cubejs-api/v1/load', { method: 'POST', headers: json, body: '{}' }],
      };
      const ends: Record<string, string> = {};
      for (const [name, [place, how]] of Object.entries(asks))
        ends[name] = await fetch(own + place, how).then(
          ({ status }) => `read ${status}`,
          () => 'refused',
        );
      return ends;
    },
    [app, token] as const,
  );
}

test('attack 206: a page of a hostile subdomain reads nothing, with cookies or without, and may send no token', async (t) => {
  const context = await profile(t);
  if (!context) return;
  const token = await bearer();
  const own = await fetchFrom(await open(context, app), token);
  assert.deepEqual([own.page, own.token, own.mint], ['read 200', 'read 200', 'read 401'], 'its own page reads all');
  const foreign = await fetchFrom(await neighbour(context), token);
  for (const name of Object.keys(own)) {
    assert.match(own[name] ?? '', /^read /, name);
    assert.equal(foreign[name], 'refused', name);
  }
});

test('attack 206: no answer names a foreign origin, a subdomain or null, as one that may read it', async (t) => {
  if (!(await profile(t))) return;
  const token = await bearer();
  for (const origin of [originOf('evil.tessera.localhost', evilPort), 'null', `${app}.evil.example`])
    for (const [method, place] of [
      ['GET', '/api/v1/tenant'],
      ['OPTIONS', '/api/v1/tenant'],
      ['GET', '/api/v1/app-config'],
      ['OPTIONS', '/cubejs-api/v1/load'],
      ['GET', '/cubejs-api/v1/meta'],
      ['OPTIONS', '/cubejs-api/graphql'],
      ['GET', '/'],
    ] as const) {
      const headers = { origin, authorization: `Bearer ${token}`, 'access-control-request-method': 'POST' };
      const answer = await fetch(tessera.url + place, { method, headers });
      await answer.arrayBuffer();
      const named = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-allow'));
      assert.deepEqual(named, [], `${method} ${place} for ${origin}`);
    }
});

test('attack 206: cookies that a hostile subdomain sets for the whole domain neither sign anybody in nor keep anybody out', async (t) => {
  const context = await profile(t);
  if (!context) return;
  const page = await neighbour(context);
  // As a text, since no code of ours writes cookies.
  for (const name of ['token', 'authorization', 'session', 'connect.sid'])
    await page.evaluate(`document.cookie = '${name}=forged; Domain=tessera.localhost; Path=/'`);
  const own = await open(context, app);
  await own.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.match(await own.evaluate(() => document.cookie), /token=forged/);
  const ask = (authorization: Record<string, string>) =>
    own.evaluate(async (headers) => {
      const answer = await fetch('/api/v1/tenant', { headers });
      return { status: answer.status, body: (await answer.json()) as { tenant?: string } };
    }, authorization);
  const signedIn = await ask({ authorization: `Bearer ${await bearer()}` });
  assert.deepEqual([signedIn.status, signedIn.body.tenant], [200, tenant]);
  // No session comes of them: a token in a cookie is refused as what it is.
  assert.equal((await ask({})).status, 400);
});

test('attack 206: a hostile subdomain can neither frame the application nor hold on to its window', async (t) => {
  const context = await profile(t);
  if (!context) return;
  const page = await neighbour(context);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  await page.evaluate((src) => {
    const frame = Object.assign(document.createElement('iframe'), { src });
    return new Promise((resolve) => {
      frame.addEventListener('load', resolve);
      document.body.append(frame);
    });
  }, `${app}/`);
  const why = complaints.join('\n');
  assert.match(why, /frame-ancestors/);
  assert.ok(!page.frames().some((frame) => frame.url().startsWith(app)), why);
  const opening = context.waitForEvent('page');
  await page.evaluate((url) => void Object.assign(window, { held: window.open(url) }), `${app}/`);
  const opened = await opening;
  await opened.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal(await opened.evaluate(() => window.opener === null), true);
  assert.equal(await page.evaluate('window.held.closed'), true);
});

test('attack 206: a socket and a form of a hostile subdomain reach nothing', async (t) => {
  const context = await profile(t);
  if (!context) return;
  const page = await neighbour(context);
  const socketFrom = (from: Page) =>
    from.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('refused');
        }),
      `${app.replace('http', 'ws')}/cubejs-api/v1/ws`,
    );
  assert.deepEqual([await socketFrom(await open(context, app)), await socketFrom(page)], ['open', 'refused']);
  const answering = page.waitForResponse((response) => response.url().endsWith('/api/v1/embeds/exchange'));
  await page.setContent(`<form method="post" enctype="text/plain" action="${app}/api/v1/embeds/exchange">
    <input name='{"token":"01234567890123456789","x":"' value='"}'></form>`);
  await page.evaluate(() => document.forms[0]?.submit());
  assert.equal((await answering).status(), 400);
});

test('attack 206: a page of another port, which shares site and cookies, cannot speak to a window that is signed in', async (t) => {
  const context = await profile(t);
  if (!context) return;
  const first = await open(context, `${tessera.url}/t/${tenant}/freshness`);
  await choosePerson(first, tenant);
  await first.locator('.source-card').first().waitFor();
  await first.evaluate(() => {
    const heard: unknown[] = [];
    window.addEventListener('message', ({ data }) => heard.push(data));
    new BroadcastChannel('tessera.session').onmessage = ({ data }) => heard.push(data);
    Object.assign(window, { heard });
  });
  const page = await open(context, originOf('127.0.0.1', evilPort));
  await page.evaluate((url) => {
    const said = { kind: 'signed-out' };
    new BroadcastChannel('tessera.session').postMessage(said);
    window.open(url)?.postMessage(said, '*');
  }, tessera.url);
  // What a window of the same origin says afterwards is heard, and nothing before it.
  const own = await open(context, tessera.url);
  await own.evaluate(() => new BroadcastChannel('tessera.session').postMessage('last'));
  await first.waitForFunction('window.heard.includes("last")');
  assert.deepEqual(await first.evaluate('window.heard'), ['last']);
  assert.ok((await first.locator('.source-card').count()) > 0);
});

testWindows(async (t) => {
  const context = await profile(t);
  return context && { context, url: tessera.url, tenant };
});

test('attack 209: a page that the browser kept alive is shown again only to whom the issuer still knows', async (t) => {
  if (!browser) return t.skip('skipped: there is no Chromium here');
  // Playwright turns off what is tried here: pages that live on behind the next one.
  const keeping = await openBrowser(process.env, ['--disable-back-forward-cache']);
  t.after(() => keeping.close());
  const context = await keeping.newContext();
  const page = await open(context, `${tessera.url}/t/${tenant}/freshness`);
  await choosePerson(page, tenant);
  await page.locator('.source-card').first().waitFor();
  await page.evaluate(() => {
    window.addEventListener('pageshow', ({ persisted }) => localStorage.setItem('shown-again', String(persisted)));
  });
  await page.goto(`${tessera.url}/signed-out`);
  // As after a sign-out in another application of the same issuer.
  await context.clearCookies();
  await page.evaluate(() => history.back());
  await page.locator('input[type="email"]').waitFor();
  await page.goto(`${tessera.url}/signed-out`);
  assert.equal(await page.evaluate(() => localStorage.getItem('shown-again')), 'true', 'the page was kept');
});
