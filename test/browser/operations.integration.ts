// The operations area in a real browser against the whole server: its figures are the platform's own, what is not allowed is said, and a record is mended from the page.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, observeNothing, parseTenant, readSettings, type Settings } from '@tessera/base';
import { openLakes } from '@tessera/cli/open-lakes.ts';
import { startTessera } from '@tessera/cli/start-tessera.ts';
import { mintDemoToken } from '@tessera/demo';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './open-browser.ts';
import { axe, keepPicture, visit } from './visit.ts';

const tenant = must(parseTenant('initech'));
/** One object's lines, opened by its name in the table. */
async function openLines(page: Page, object: string) {
  await page.getByRole('button', { name: `${object}, Source → Raw: day by day` }).click();
  const lines = page.locator(`section[data-object="${object}"]`);
  await lines.locator('tbody tr').first().waitFor();
  return lines;
}
const areas = ['Reconciliation', 'Freshness', 'Quarantine', 'Audit'] as const;

let home: string;
let settings: Settings;
let tessera: Awaited<ReturnType<typeof startTessera>>;
let browser: Browser;

before(
  async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tessera-operations-'));
    settings = readSettings({
      ...{ TESSERA_HOME: home, TESSERA_PORT: '0', TESSERA_SQL_PORT: '0', TESSERA_DEMO_PORT: '0' },
    });
    const opening = openBrowser();
    tessera = await startTessera(settings, observeNothing, { demoTenants: [tenant] });
    browser = await opening;
    await tessera.ready;
    await holdRecords();
  },
  { timeout: 580_000 },
);
after(async () => {
  await browser?.close();
  await tessera?.close();
  await rm(home, { recursive: true, force: true });
});

/** Two records as staging would have left them: one by a rule that is mended since, one that stays bad. */
async function holdRecords(): Promise<void> {
  const lakes = await openLakes(settings);
  const found = {
    source: 'okta',
    stream: 'groups',
    run: 'held',
    page: 1,
    at: new Date('2026-11-20T10:00:00Z'),
  } as const;
  const good = {
    ...{
      id: '00gheld',
      created: '2026-01-01T00:00:00.000Z',
      lastUpdated: '2026-01-01T00:00:00.000Z',
      type: 'OKTA_GROUP',
    },
    ...{ lastMembershipUpdated: '2026-01-01T00:00:00.000Z', objectClass: ['okta:user_group'] },
    profile: { name: 'Held', description: null },
  };
  await lakes.openLake(tenant).quarantine.put([
    { ...found, reason: '$.profile.name was not known', record: JSON.stringify(good) },
    { ...found, reason: '$.id is missing', record: JSON.stringify({ profile: { name: 'No id' } }) },
  ]);
  await lakes.close();
}

async function enter(page: Page, person: string): Promise<void> {
  await page.goto(tessera.url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator(`section[aria-labelledby="${tenant}"] button`, { hasText: person }).first().click();
  await page.waitForSelector('.areas');
}
async function loaded(page: Page): Promise<void> {
  await page.waitForSelector('.operations');
  await page.waitForFunction(() => !document.querySelector('.operations [aria-busy="true"]'));
}
async function open(page: Page, area: string): Promise<void> {
  await page.locator('.areas').getByRole('link', { name: area }).click();
  await loaded(page);
}
async function ask(group: string, route: string): Promise<Record<string, unknown>> {
  const demoPort = Number(new URL(tessera.demoUrl ?? '').port);
  const user = `${group}@initech.example`;
  const token = await mintDemoToken({ ...settings, demoPort }, { tenant, user, groups: [group], ttlSeconds: 600 });
  const answer = await fetch(`${tessera.url}/api/v1${route}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, route);
  return (await answer.json()) as Record<string, unknown>;
}
const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).getAttribute('value');

test('the reconciliation shows the ledger’s own counts, hop by hop', async () => {
  interface Flow {
    readonly object: string;
    readonly hop: string;
    readonly source: string | null;
    readonly from: number;
    readonly to: number;
    readonly unexplained: number;
    readonly reasons: Readonly<Record<string, number>>;
    readonly added: Readonly<Record<string, number>>;
  }
  const { page, complaints, close } = await visit(browser);
  await enter(page, 'Avery Admin');
  await open(page, 'Reconciliation');
  const { runs } = (await ask('admin', '/reconciliation')) as unknown as { runs: { objects: Flow[] }[] };
  const objects = runs[0]?.objects ?? [];
  const sumOf = (flows: readonly Flow[], pick: (flow: Flow) => number) => flows.reduce((n, flow) => n + pick(flow), 0);
  const rowsOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  assert.ok(objects.length > 0);
  const given = objects.filter(({ hop }) => hop === 'source-raw');
  assert.equal(await figure(page, 'Given by sources'), String(sumOf(given, ({ from }) => from)));
  assert.equal(await figure(page, 'Left out, with a reason'), String(sumOf(objects, ({ reasons }) => rowsOf(reasons))));
  assert.equal(await figure(page, 'Unexplained'), '0');
  assert.equal(await figure(page, 'In quarantine'), '2');
  const cells = new Set(objects.map(({ hop, source }) => `${source ?? 'several'} ${hop}`));
  for (const cell of cells) {
    const [source, hop] = cell.split(' ');
    const own = objects.filter((flow) => flow.hop === hop && (flow.source ?? 'several') === source);
    const shown = await page
      .locator(`[data-source="${source}"] [data-hop="${hop}"] data`)
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('value'))));
    assert.deepEqual(shown, [sumOf(own, ({ from }) => from), sumOf(own, ({ to }) => to)], cell);
    // What the page writes below a hop is the whole difference.
    for (const flow of own)
      assert.equal(flow.from + rowsOf(flow.added) - rowsOf(flow.reasons) - flow.to, flow.unexplained, cell);
  }
  assert.equal(await page.locator('.is-explained tbody tr').count(), objects.length);
  // Day by day an object's lines add up to what its hops say, and have the same checksum on both sides.
  const lines = await openLines(page, 'log');
  const cellsOf = await lines
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent?.replaceAll(',', '') ?? '')),
    );
  const fromTheLines = cellsOf.filter((cell) => cell[1] === 'Source → Raw');
  const log = given.find(({ object }) => object === 'log');
  assert.ok(fromTheLines.length > 0 && log);
  assert.equal(
    fromTheLines.reduce((sum, cell) => sum + Number(cell[2]), 0),
    log.from,
  );
  for (const cell of cellsOf) assert.equal(cell[6], cell[7], cell.join(' '));
  await lines.getByRole('button', { name: 'Close' }).click();
  await lines.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await close();
});

test('freshness shows both lags of every source as the platform tells them', async () => {
  const { page, close } = await visit(browser);
  await enter(page, 'Avery Admin');
  await open(page, 'Freshness');
  const { sources } = (await ask('admin', '/freshness')) as unknown as {
    sources: {
      source: string;
      sourceLagMs: number;
      pipelineLagMs: { served: number };
      last7Days: { percent: number | null };
    }[];
  };
  assert.equal(sources.length, 5);
  for (const { source, sourceLagMs, pipelineLagMs, last7Days } of sources) {
    const card = page.locator(`.source-card[data-source="${source}"]`);
    const read = (name: string) => card.locator(`[data-figure="${name}"]`).getAttribute('value');
    assert.equal(await read('Source lag'), String(sourceLagMs), source);
    assert.equal(await read('Pipeline, served'), String(pipelineLagMs.served), source);
    assert.equal(await read('7 days'), String(last7Days.percent ?? ''), source);
  }
  await close();
});

test('a record is replayed from the page; one that stays bad says why and stays; fix and discard want their words', async () => {
  const { page, close } = await visit(browser);
  await enter(page, 'Avery Admin');
  await open(page, 'Quarantine');
  const records = page.locator('.held-record[data-record]');
  assert.equal(await records.count(), 2);
  const bad = records.filter({ hasText: '$.id is missing' });
  await bad.getByRole('button', { name: 'Look' }).click();
  const shape = await bad.getByLabel('The record').inputValue();
  assert.match(shape, /"name": "string"/);
  assert.doesNotMatch(shape, /No id/);
  // As the platform says it to somebody whose second factor is too long ago: the demo's sign-in always has a fresh one.
  const reveal = /\/quarantine\/[0-9a-f]+\?purpose=/;
  const stepUp = { error: 'This wants a sign-in with a second factor.', code: 'STEP_UP_NEEDED' };
  await page.route(reveal, (route) => route.fulfill({ status: 401, json: stepUp }));
  await bad.getByLabel('Purpose').fill('to mend it');
  await bad.getByRole('button', { name: 'Show the values' }).click();
  await bad.getByRole('button', { name: 'Sign in again' }).waitFor();
  assert.match((await bad.getByRole('status').last().textContent()) ?? '', /second factor/);
  await page.unroute(reveal);
  await bad.getByRole('button', { name: 'Show the values' }).click();
  await page.waitForFunction(() =>
    document.querySelector<HTMLTextAreaElement>('.held-open textarea')?.value.includes('No id'),
  );
  await bad.getByRole('button', { name: 'Replay' }).click();
  await bad.getByText(/It still cannot be taken/).waitFor();
  await bad.getByRole('button', { name: 'Fix' }).click();
  await bad.getByLabel(/whole record as JSON/).fill('{"id": ');
  await bad.getByText(/not JSON yet/).waitFor();
  assert.equal(await bad.getByRole('button', { name: 'Stage instead' }).isDisabled(), true);
  await keepPicture(page, 'operations-fix');
  assert.deepEqual(await axe(page), []);

  await records.filter({ hasText: 'was not known' }).getByRole('button', { name: 'Replay' }).click();
  await page.locator('[data-done]', { hasText: 'The next run releases it' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.held-record[data-record]').length === 1);
  await bad.getByRole('button', { name: 'Discard', exact: true }).click();
  await bad.getByRole('button', { name: 'Discard this record' }).click();
  assert.equal(await records.count(), 1, 'nothing is discarded without a reason');
  await bad.getByLabel('Why').fill('a test of the vendor');
  await bad.getByRole('button', { name: 'Discard this record' }).click();
  await page.getByText('Nothing waits').waitFor();
  const { records: kept } = (await ask('admin', '/quarantine')) as unknown as { records: { state: string }[] };
  assert.deepEqual(kept.map(({ state }) => state).sort(), ['discarded', 'replayed']);
  await close();
});

test('a viewer is offered what a viewer may see, and told in a sentence that the rest is not theirs', async () => {
  const { page, close } = await visit(browser);
  await enter(page, 'Vic Viewer');
  const offered = await page.locator('.areas a').allTextContents();
  assert.deepEqual(offered, ['Overview', 'Reconciliation', 'Freshness']);
  // By its address, as from a colleague's link; sign-in comes first again, because tokens live in memory only.
  await page.goto(`${tessera.url}/t/${tenant}/audit`);
  await page.waitForSelector('.operations, section[aria-labelledby]');
  await loaded(page);
  assert.match((await page.locator('.refused').textContent()) ?? '', /The audit trail is not yours to see\./);
  assert.deepEqual(await axe(page), []);
  await close();
});

test('the audit trail has that refusal, and the filters narrow to it', async () => {
  const { page, close } = await visit(browser);
  await enter(page, 'Avery Admin');
  await open(page, 'Audit');
  await page.getByRole('button', { name: 'Denied' }).click();
  await page.waitForURL(/decision=denied/);
  const refusal = page.locator('tbody tr', { hasText: 'audit.read' }).filter({ hasText: 'ACTION_DENIED' });
  await refusal.first().waitFor();
  await loaded(page);
  assert.match((await refusal.first().textContent()) ?? '', /viewer@initech\.example/);
  assert.equal(await page.locator('tbody tr', { hasText: 'allowed' }).count(), 0);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'audit-trail.csv');
  await close();
});

test('every page reads well, wide and narrow, light and dark, and nothing runs out of the window', async () => {
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    const { page, complaints, close } = await visit(browser, { viewport: { width, height: 900 }, colorScheme });
    await enter(page, 'Avery Admin');
    for (const area of areas) {
      await open(page, area);
      const name = `operations-${area.toLowerCase()}-${width}-${colorScheme}`;
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
      assert.deepEqual(await axe(page), [], name);
      await keepPicture(page, name);
    }
    await open(page, 'Reconciliation');
    const lines = await openLines(page, 'log');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.deepEqual(await axe(page), []);
    await lines.scrollIntoViewIfNeeded();
    await keepPicture(page, `operations-lines-${width}-${colorScheme}`);
    assert.deepEqual(complaints, []);
    await close();
  }
});
