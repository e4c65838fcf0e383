// Several windows of one browser profile: one signs out, becomes somebody else, or renews its session together with the other.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { choosePerson, settled, signIn } from './visit.ts';

export interface Windows {
  readonly context: BrowserContext;
  readonly url: string;
  readonly tenant: string;
}

/** Declares the tests; `windows` gives a fresh profile once they run, and skips the test where there is no browser. */
export function testWindows(windows: (t: TestContext) => Promise<Windows | undefined>): void {
  test('attack 209: two windows whose sessions end at the same moment both renew, each back on its own page', async (t) => {
    const stage = await windows(t);
    if (!stage) return;
    const { context, url, tenant } = stage;
    await context.clock.install();
    const first = await context.newPage();
    await signIn(first, url, tenant);
    const second = await openDashboard(context, `${url}/t/${tenant}/mttr?last=90`);
    const [complaints, states]: [string[], (string | null)[]] = [[], []];
    const renewed = [first, second].map(async (page) => {
      const here = page.url();
      page.on('pageerror', (error) => complaints.push(String(error)));
      const request = await page.waitForRequest((one) => one.url().includes('code_challenge='));
      states.push(new URL(request.url()).searchParams.get('state'));
      await page.waitForURL(here);
      await settled(page);
    });
    await context.clock.fastForward('24:00:00');
    await Promise.all(renewed);
    assert.deepEqual(complaints, []);
    assert.equal(new Set(states).size, 2, 'each window has a request of its own');
    assert.ok(!states.includes(null));
  });

  test('attack 209: a sign-out in one window takes every number out of the other, and the way back brings none', async (t) => {
    const stage = await windows(t);
    if (!stage) return;
    const { context, url, tenant } = stage;
    const first = await context.newPage();
    await signIn(first, url, tenant);
    const second = await openDashboard(context, `${url}/t/${tenant}`);
    await second.getByRole('button', { name: 'Sign out' }).click();
    for (const page of [first, second]) {
      await page.waitForURL(`${url}/signed-out`);
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      assert.equal(await page.locator('[data-metric]').count(), 0);
    }
    // Replaced and not left behind: there is no page of the session to go back to.
    await first.goBack();
    assert.ok(!first.url().includes('/t/'), first.url());
    assert.equal(await first.locator('[data-metric]').count(), 0);
  });

  test('attack 209: a window whose person has changed shows nothing of the one before, and what the new one may see', async (t) => {
    const stage = await windows(t);
    if (!stage) return;
    const { context, url, tenant } = stage;
    const first = await context.newPage();
    await first.goto(`${url}/t/${tenant}/audit`);
    await choosePerson(first, tenant);
    // Only who may read the trail is offered to filter it.
    const filters = first.locator('.operations .filters');
    await filters.waitFor();
    const person = first.locator('.top-person');
    const before = await person.textContent();
    // The issuer's session is gone, so that the next sign-in is anybody's.
    await context.clearCookies();
    const second = await context.newPage();
    await second.goto(`${url}/t/${tenant}/freshness`);
    await second.locator('button', { hasText: 'Vic Viewer' }).first().click();
    await first.locator('.refused').waitFor();
    assert.match((await first.locator('.refused').textContent()) ?? '', /The audit trail is not yours to see\./);
    assert.equal((await filters.count()) + (await first.locator('.operations tbody tr').count()), 0);
    assert.notEqual(await person.textContent(), before);
    assert.match((await person.textContent()) ?? '', /Vic Viewer/);
    await second.locator('.source-card').first().waitFor();
  });
}

async function openDashboard(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForURL(url);
  await settled(page);
  return page;
}
