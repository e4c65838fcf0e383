// An embed in a real browser: the page it was minted for shows it, another may not frame it, and its token works once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { observeNothing, readSettings, type Settings, type Tenant } from '@tessera/base';
import { startTessera } from '@tessera/cli/start-tessera.ts';
import { mintDemoToken } from '@tessera/demo';
import { readAudit } from '@tessera/security';
import type { Browser, Frame, Page } from 'playwright-core';
import { openBrowser } from './open-browser.ts';
import { axe, keepPicture, visit } from './visit.ts';

const tenant = 'initech' as Tenant;
/** Really served, not invented by the browser's driver: a page from nowhere counts as a public one, which may not frame this machine. */
const [portal, stranger] = ['http://localhost:4300', 'http://localhost:4301'];

let home: string;
let tessera: Awaited<ReturnType<typeof startTessera>>;
let browser: Browser;
let settings: Settings;

before(
  async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tessera-embed-'));
    settings = readSettings({
      TESSERA_HOME: home,
      TESSERA_PORT: '0',
      TESSERA_DEMO_PORT: '0',
      TESSERA_SQL_PORT: '0',
    });
    browser = await openBrowser();
    tessera = await startTessera(settings, observeNothing, { demoTenants: [tenant] });
    await tessera.ready;
  },
  { timeout: 580_000 },
);
after(async () => {
  await browser?.close();
  await tessera?.close();
  await rm(home, { recursive: true, force: true });
});

interface Minted {
  readonly id: string;
  readonly token: string;
  readonly url: string;
}
async function mint(dashboard: string): Promise<Minted> {
  const demoPort = Number(new URL(tessera.demoUrl ?? '').port);
  const steward = await mintDemoToken(
    { ...settings, demoPort },
    { tenant, user: 'steward@initech.example', groups: ['steward'], ttlSeconds: 600 },
  );
  const answer = await fetch(`${tessera.url}/api/v1/embeds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${steward}` },
    body: JSON.stringify({ dashboard, origin: portal, viewer: 'customer-7' }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()) as Minted;
}

/** A page of `origin` that frames the embed and writes down what it is told. */
async function frame(page: Page, origin: string, url: string, theme = 'light'): Promise<Frame | undefined> {
  const [address, token] = url.split('#');
  const body = `<!doctype html><title>portal</title><h1>Portal</h1><iframe title="figures" width="100%" height="2400"
    src="${tessera.url}${address}?theme=${theme}#${token}"></iframe>
    <script>window.told=[];addEventListener('message',(e)=>told.push({origin:e.origin,data:e.data}))</script>`;
  const portalServer = createServer((_, response) => response.setHeader('content-type', 'text/html').end(body));
  portalServer.listen(Number(new URL(origin).port), 'localhost');
  await once(portalServer, 'listening');
  await page.goto(`${origin}/`);
  portalServer.closeAllConnections();
  portalServer.close();
  return page.frames()[1];
}

async function settledFrame(inside: Frame | undefined): Promise<Frame> {
  assert.ok(inside);
  await inside.waitForSelector('[data-metric]', { timeout: 30_000 }).catch(async (error) => {
    throw new Error(`the frame shows: ${await inside.evaluate(() => document.body.textContent)}`, { cause: error });
  });
  await inside.waitForFunction(() => !document.querySelector('[aria-busy="true"], .skeleton'), undefined, {
    timeout: 30_000,
  });
  return inside;
}

test('the page that it was minted for shows the dashboard, is told its height, and nothing is left in address or storage', async () => {
  const { page, complaints, close } = await visit(browser);
  const inside = await settledFrame(await frame(page, portal, (await mint('overview')).url));
  assert.equal(await inside.locator('[data-metric]').count(), 5);
  const numbers = await inside.locator('data.number').evaluateAll((all) => all.map((one) => one.getAttribute('value')));
  assert.ok(numbers.length >= 5 && numbers.every((value) => value), JSON.stringify(numbers));
  assert.equal(await inside.locator('nav, .shell').count(), 0);
  const told = (await page.evaluate('window.told')) as { origin: string; data: { type: string; height: number } }[];
  assert.ok(
    told.some(({ origin, data }) => origin === tessera.url && data.type === 'tessera:height' && data.height > 300),
  );
  assert.equal(await inside.evaluate(() => location.hash), '');
  // A frame of another site may have no storage here at all, and the page works without.
  const kept = await inside.evaluate(() => {
    try {
      return localStorage.length + sessionStorage.length + document.cookie.length;
    } catch {
      return 0;
    }
  });
  assert.equal(kept, 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('attack 205: a page of another origin cannot frame it', async () => {
  const { page, complaints, close } = await visit(browser);
  const inside = await frame(page, stranger, (await mint('overview')).url);
  await page.waitForTimeout(500);
  assert.equal(await inside?.locator('[data-metric]').count(), 0);
  assert.ok(
    complaints.some((text) => /frame-ancestors/.test(text)),
    complaints.join('\n'),
  );
  await close();
});

test('attack 204: a token that was used before opens nothing, and says so in a sentence', async () => {
  const minted = await mint('mttr');
  const first = await visit(browser);
  await settledFrame(await frame(first.page, portal, minted.url));
  await first.close();
  const second = await visit(browser);
  const inside = await frame(second.page, portal, minted.url);
  await inside?.waitForSelector('[role="status"]');
  await inside?.waitForFunction(() => /used before/.test(document.body.textContent));
  assert.equal(await inside?.locator('[data-metric]').count(), 0);
  await second.close();
});

test('it reads well, wide and narrow, light and dark', async () => {
  for (const [width, theme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    const { page, close } = await visit(browser, { viewport: { width, height: 900 } });
    const dashboard = width === 390 ? 'mttr' : 'overview';
    const inside = await settledFrame(await frame(page, portal, (await mint(dashboard)).url, theme));
    assert.equal(await inside.evaluate(() => document.documentElement.dataset.theme), theme);
    assert.ok(await inside.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} ${theme}`);
    await keepPicture(page, `embed-${dashboard}-${width}-${theme}`);
    await close();
  }
  const { page, close } = await visit(browser);
  const { url } = await mint('overview');
  await page.goto(tessera.url + url);
  await settledFrame(page.mainFrame());
  assert.deepEqual(await axe(page), []);
  await close();
});

test('every mint, opening, question and refusal is in the trail', async () => {
  const seen = new Set<string>();
  // Decisions about reads are written behind the answer.
  for (let tries = 0; tries < 50 && seen.size < 4; tries++) {
    for await (const item of readAudit(path.join(home, 'audit'), { tenant })) {
      if (item.action.startsWith('embed.') || item.subject === 'embed:customer-7')
        seen.add(`${item.action === 'model.read' ? 'query' : item.action} ${item.decision}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const expected of ['embed.mint allowed', 'embed.open allowed', 'embed.open denied', 'query allowed'])
    assert.ok(seen.has(expected), `${expected}: ${[...seen].join(', ')}`);
});
