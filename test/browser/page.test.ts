// The page in a real browser against the whole server: what a person does, and that the numbers are the truth's.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { observeNothing, readSettings } from '@tessera/base';
import { startTessera } from '@tessera/cli/start-tessera.ts';
import type { Browser, Page } from 'playwright-core';
import { leaveHome, loadedHome } from '../loaded-home.ts';
import { openBrowser } from './open-browser.ts';
import { testStates } from './states.ts';
import { axe, choosePerson, keepPicture, type MetricId, metricIds, numberOf, settled, signIn, visit } from './visit.ts';

const [tenant, other] = ['initech', 'globex-inc'];
interface Case {
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, number | string | null>>[];
}
interface Truth {
  readonly asOf: string;
  readonly cases: readonly Case[];
}

let home: string;
let tessera: Awaited<ReturnType<typeof startTessera>>;
let browser: Browser;
let truth: Truth;

before(
  async () => {
    home = await loadedHome();
    const settings = readSettings({
      TESSERA_HOME: home,
      TESSERA_PORT: '0',
      TESSERA_SQL_PORT: '0',
      TESSERA_DEMO_PORT: '0',
    });
    const opening = openBrowser();
    tessera = await startTessera(settings, observeNothing, { demoTenants: [tenant, other] });
    browser = await opening;
    await tessera.ready;
    truth = JSON.parse(await readFile(path.join(home, 'demo', 'truth', `${tenant}.json`), 'utf8'));
  },
  { timeout: 580_000 },
);
after(async () => {
  await browser?.close();
  await tessera?.close();
  await leaveHome(home);
});

/** Where each tile's number stands in the truth. */
const truths: Record<MetricId, { readonly member: string; readonly now: string; readonly history?: string }> = {
  'mfa-adoption': { member: 'users.mfa_adoption_pct', now: 'users: MFA as of now' },
  'login-failure-rate': {
    member: 'auth_attempts.login_failure_rate_pct',
    now: 'auth_attempts: failure rate, last 30 days',
    history: 'auth_attempts: failure rate over all history',
  },
  'endpoint-compliance': { member: 'devices.endpoint_compliance_pct', now: 'devices: compliance as of now' },
  mttr: { member: 'issues.mttr_hours', now: 'issues: MTTR, last 30 days' },
  'backlog-burn': {
    member: 'backlog.burn_pct',
    now: 'backlog: burn, last 30 days',
    history: 'backlog: burn over all history',
  },
};

function expected(name: string, member: string): number | null {
  const found = truth.cases.find((one) => one.name === name);
  assert.ok(found, `the truth has no case '${name}'`);
  const value = found.rows[0]?.[member];
  return typeof value === 'number' ? value : null;
}

async function assertShows(page: Page, metric: MetricId, name: string): Promise<void> {
  const [shown, right] = [await numberOf(page, metric), expected(name, truths[metric].member)];
  const isSame =
    shown === right || (shown !== null && right !== null && Math.abs(shown - right) <= 1e-9 * Math.abs(right));
  assert.ok(isSame, `${metric} shows ${shown}, the truth (${name}) is ${right}`);
}

const dayBefore = (asOf: string, days: number) =>
  new Date(Date.parse(asOf) - days * 86_400_000).toISOString().slice(0, 10);

test('a person signs in and sees the five numbers of the truth, each with its parts', async () => {
  const { page, complaints, close } = await visit(browser);
  await signIn(page, tessera.url, tenant);
  for (const metric of metricIds) {
    await assertShows(page, metric, truths[metric].now);
    const tile = page.locator(`[data-metric="${metric}"]`);
    assert.match((await tile.locator('.headline-words').textContent()) ?? '', /\d/);
    assert.ok((await tile.locator('.bar-row').count()) > 0, `${metric} has no breakdown`);
    assert.equal(await tile.locator('.trend svg').count(), 1, `${metric} has no trend`);
  }
  const users = truth.cases.find(({ name }) => name === 'users: MFA as of now')?.rows[0];
  const words = (await page.locator('[data-metric="mfa-adoption"] .headline-words').textContent()) ?? '';
  assert.equal(
    words.replaceAll(',', ''),
    `${users?.['users.mfa_enrolled']} of ${users?.['users.mfa_population']} people who can sign in`,
  );
  assert.equal(await page.locator('.source').count(), 5);
  assert.deepEqual(complaints, []);
  await close();
});

test('another range changes the numbers to those of that range, and the address is a link to it', async () => {
  const { page, close } = await visit(browser);
  await signIn(page, tessera.url, tenant);
  await page.getByRole('button', { name: 'Custom' }).click();
  await page.getByLabel('First day').fill(dayBefore(truth.asOf, 170));
  await page.getByLabel('Last day').fill(dayBefore(truth.asOf, 1));
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/from=/);
  await settled(page);
  for (const metric of metricIds) {
    const { history } = truths[metric];
    if (history) await assertShows(page, metric, history);
  }
  const link = page.url();
  await page.reload();
  await settled(page);
  assert.equal(page.url(), link, 'a reload keeps the range and signs in by itself');
  await page
    .getByRole('link', { name: '90 days' })
    .or(page.getByRole('link', { name: '90 d' }))
    .click();
  await page.waitForURL(/last=90/);
  await settled(page);
  await close();
});

test('a tile leads to its page with chart, tables, filters and the definition', async () => {
  const { page, complaints, close } = await visit(browser);
  await signIn(page, tessera.url, tenant);
  await page.getByRole('link', { name: 'Login failure rate' }).first().click();
  await page.waitForURL(`${tessera.url}/t/${tenant}/login-failure-rate`);
  await settled(page);
  await assertShows(page, 'login-failure-rate', truths['login-failure-rate'].now);
  assert.ok((await page.locator('.table-scroll').count()) >= 2);
  assert.match(
    (await page.getByRole('region', { name: 'What it means' }).textContent()) ?? '',
    /auth_attempts\.login_failure_rate_pct/,
  );
  await page
    .getByRole('button', { name: /^Department/ })
    .first()
    .click();
  // Not check(): the box follows the address, which changes a moment after the click.
  await page.locator('.choices input').first().click();
  await page.waitForURL(/is\.department=/);
  await settled(page);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test("another tenant's link is refused and nothing is asked for (attack 210)", async () => {
  const { page, close } = await visit(browser);
  await signIn(page, tessera.url, tenant);
  for (const stranger of [other, 'no-such-tenant']) {
    const asked: string[] = [];
    page.on('request', (request) => {
      if (/cubejs-api|api\/v1\/tenant/.test(request.url())) asked.push(request.url());
    });
    await page.goto(`${tessera.url}/t/${stranger}`);
    await page.getByRole('heading', { name: 'This page is not yours, or it does not exist' }).waitFor();
    assert.deepEqual(asked, []);
  }
  await close();
});

test('signing out ends the session here and at the issuer (attack 209)', async () => {
  const { page, close } = await visit(browser);
  await signIn(page, tessera.url, tenant);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  assert.equal(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }).join()), '');
  await page.goto(`${tessera.url}/t/${tenant}`);
  await page.waitForSelector('input[type="email"]');
  assert.equal(await page.locator('[data-metric]').count(), 0);
  await close();
});

test('a deep link asks for sign-in and leads to where it pointed', async () => {
  const { page, close } = await visit(browser);
  const link = `${tessera.url}/t/${tenant}/mttr?last=90`;
  await page.goto(link);
  await choosePerson(page, tenant);
  await page.waitForURL(link);
  await settled(page);
  await close();
});

test('a keyboard is enough: sign in, change the range, read a definition, sort a table', async () => {
  const { page, close } = await visit(browser);
  const { keyboard } = page;
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < 120; presses += 1) {
      await keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    assert.fail(`the Tab key does not reach ${selector}`);
  };
  await page.goto(tessera.url);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await tabTo('.button.primary');
  await keyboard.press('Enter');
  await page.waitForSelector(`section[aria-labelledby="${tenant}"]`);
  await tabTo(`section[aria-labelledby="${tenant}"] button`);
  await keyboard.press('Enter');
  await page.waitForURL(`${tessera.url}/t/${tenant}`);
  await settled(page);
  await tabTo('a.segment[href*="last=7"]');
  await keyboard.press('Enter');
  await page.waitForURL(/last=7$/);
  await tabTo('[data-metric="mfa-adoption"] .icon-button');
  await keyboard.press('Enter');
  await page.locator('.definition:popover-open code').first().waitFor();
  await keyboard.press('Escape');
  assert.equal(await page.locator('.definition:popover-open').count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement?.matches('[data-metric="mfa-adoption"] .icon-button')));
  await page.goto(`${tessera.url}/t/${tenant}/backlog-burn`);
  await settled(page);
  await tabTo('.table-scroll th button');
  await keyboard.press('Enter');
  await page.locator('th[aria-sort="ascending"]').waitFor();
  await close();
});

testStates(() => ({ browser, url: tessera.url, tenant, asOf: truth.asOf }));

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`in ${colorScheme} at ${width} pixels nothing is cut off and axe finds nothing`, async () => {
      const { page, close } = await visit(browser, {
        colorScheme,
        viewport: { width, height: 900 },
        reducedMotion: 'reduce',
      });
      await page.goto(tessera.url);
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      assert.deepEqual(await axe(page), []);
      await signIn(page, tessera.url, tenant);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(tooWide <= 0, `the page is ${tooWide} pixels too wide`);
      assert.deepEqual(await axe(page), []);
      await keepPicture(page, `dashboard-${colorScheme}-${width}`);
      await close();
    });
  }
}
