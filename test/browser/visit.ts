// What the browser tests do again and again: sign in as somebody of a tenant, read a tile, ask axe.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
export const metricIds = ['mfa-adoption', 'login-failure-rate', 'endpoint-compliance', 'mttr', 'backlog-burn'] as const;
export type MetricId = (typeof metricIds)[number];

export interface Visit {
  readonly page: Page;
  /** What went wrong in the page, as its console says. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** A fresh browser profile: no cookie, no storage. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A browser asks every origin for its icon, also the demo's issuer, which has none.
    const isIcon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isIcon) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

/** On the issuer's page: the first person of the tenant. */
export async function choosePerson(page: Page, tenant: string): Promise<void> {
  await page.locator(`section[aria-labelledby="${tenant}"] button`).first().click();
}

/** From the first page to the tenant's dashboard with all its numbers. */
export async function signIn(page: Page, url: string, tenant: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await choosePerson(page, tenant);
  await page.waitForURL(`${url}/t/${tenant}`);
  await settled(page);
}

/** Every number has come. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('[data-metric]');
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .skeleton'), undefined, {
    timeout: 30_000,
  });
}

/** The exact number behind what a tile writes; null for a dash. */
export async function numberOf(page: Page, metric: MetricId): Promise<number | null> {
  const value = await page.locator(`[data-metric="${metric}"] data.number`).getAttribute('value');
  return value === null || value === '' ? null : Number(value);
}

/** What axe finds against WCAG 2.2 AA and good practice, one line a rule. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async () => {
    interface Found {
      readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
    }
    const { axe: tool } = window as unknown as { axe: { run(options: object): Promise<Found> } };
    const found = await tool.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

/** Kept only where somebody wants to look: TESSERA_SCREENSHOTS names the folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.TESSERA_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
