// What the page says while it waits, when an answer fails, when there is nothing, and when a source is behind. Answers are held back or changed on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page, Request } from 'playwright-core';
import { axe, type MetricId, metricIds, numberOf, settled, signIn, visit } from './visit.ts';

export interface Stage {
  readonly browser: Browser;
  readonly url: string;
  readonly tenant: string;
  readonly asOf: string;
}

const tile = (page: Page, metric: MetricId) => page.locator(`[data-metric="${metric}"]`);
const isAbout = (view: string) => (request: Request) =>
  decodeURIComponent(`${request.url()}${request.postData() ?? ''}`).includes(`"${view}.`);
const load = '**/cubejs-api/v1/load**';
const facts = '**/api/v1/tenant';

/** Declares the tests; `stage` is there once they run. */
export function testStates(stage: () => Stage): void {
  test('while an answer is on its way its tile says that it is busy and shows no number', async () => {
    const { browser, url, tenant } = stage();
    const { page, close } = await visit(browser);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route(load, async (route) => {
      if (isAbout('issues')(route.request())) await held;
      await route.continue();
    });
    const signedIn = signIn(page, url, tenant);
    const waiting = tile(page, 'mttr');
    await waiting.waitFor();
    await tile(page, 'mfa-adoption').locator('data.number').waitFor();
    assert.equal(await waiting.getAttribute('aria-busy'), 'true');
    assert.equal(await waiting.locator('data.number').count(), 0);
    letGo();
    await signedIn;
    assert.equal(await waiting.getAttribute('aria-busy'), 'false');
    await close();
  });

  test('a number that cannot be loaded says so in its own tile, and comes when it is tried again', async () => {
    const { browser, url, tenant } = stage();
    const { page, close } = await visit(browser);
    await page.route(load, (route) =>
      isAbout('auth_attempts')(route.request())
        ? route.fulfill({ status: 504, json: { error: 'The query was stopped.', code: 'QUERY_TIMEOUT' } })
        : route.continue(),
    );
    await signIn(page, url, tenant);
    const failed = tile(page, 'login-failure-rate');
    const said = await failed.getByRole('alert').first().textContent();
    assert.match(said ?? '', /could not be loaded\. The query was stopped\./);
    assert.equal(await failed.locator('data.number').count(), 0);
    for (const metric of metricIds.filter((id) => id !== 'login-failure-rate'))
      assert.equal(await tile(page, metric).locator('data.number').count(), 1, metric);
    assert.deepEqual(await axe(page), []);
    await page.unroute(load);
    await failed.getByRole('button', { name: 'Try again' }).click();
    await failed.locator('data.number').waitFor();
    await close();
  });

  test('a range without data shows a dash and says that there is nothing, never a zero', async () => {
    const { browser, url, tenant, asOf } = stage();
    const { page, close } = await visit(browser);
    await signIn(page, url, tenant);
    const day = (days: number) => new Date(Date.parse(asOf) - days * 86_400_000).toISOString().slice(0, 10);
    await page.goto(`${url}/t/${tenant}?from=${day(400)}&to=${day(390)}`);
    await settled(page);
    for (const metric of metricIds) {
      assert.equal(await numberOf(page, metric), null, metric);
      assert.match((await tile(page, metric).locator('.headline-words').textContent()) ?? '', /Nothing to count/);
      assert.match((await tile(page, metric).locator('.trend').textContent()) ?? '', /No data in this range/);
    }
    assert.deepEqual(await axe(page), []);
    await close();
  });

  test('a number whose source is behind says so, and the others do not', async () => {
    const { browser, url, tenant } = stage();
    const { page, close } = await visit(browser);
    await page.route(facts, async (route) => {
      const response = await route.fetch();
      const info = (await response.json()) as { sources: { source: string }[] };
      const sources = info.sources.map((one) => (one.source === 'jira' ? { ...one, status: 'stale' } : one));
      await route.fulfill({ response, json: { ...info, sources } });
    });
    await signIn(page, url, tenant);
    for (const metric of metricIds) {
      const isBehind = metric === 'mttr' || metric === 'backlog-burn';
      assert.equal(await tile(page, metric).getByText('May be behind').count(), isBehind ? 1 : 0, metric);
    }
    assert.match((await tile(page, 'mttr').textContent()) ?? '', /is stale, last checked/);
    assert.deepEqual(await axe(page), []);
    await close();
  });

  test('before the first release the page waits and goes on by itself; a platform that fails is said and tried again', async () => {
    const { browser, url, tenant } = stage();
    const { page, close } = await visit(browser);
    let status = 503;
    await page.route(facts, (route) =>
      status === 200 ? route.continue() : route.fulfill({ status, json: { error: 'The disk is full.', code: 'X' } }),
    );
    const signedIn = signIn(page, url, tenant);
    await page.getByRole('heading', { name: 'Your first figures are on their way' }).waitFor();
    status = 200;
    await signedIn;
    status = 500;
    await page.reload();
    await page.getByRole('heading', { name: 'Your organisation cannot be shown' }).waitFor();
    assert.match((await page.getByRole('alert').textContent()) ?? '', /The disk is full/);
    status = 200;
    await page.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    await close();
  });

  test('each chart says in a sentence what it shows, and has the same numbers in a table for readers', async () => {
    const { browser, url, tenant } = stage();
    const { page, close } = await visit(browser);
    await signIn(page, url, tenant);
    for (const metric of metricIds) {
      const figure = tile(page, metric).locator('figure.trend');
      assert.match(
        (await figure.locator('div[role="img"]').getAttribute('aria-label')) ?? '',
        /^Line chart\. .*\d/,
        metric,
      );
      assert.equal(await figure.locator('tbody tr').count(), 30, metric);
      assert.match((await figure.locator('tbody td').last().textContent()) ?? '', /\d|–/, metric);
    }
    await close();
  });
}
