// The browser is found where it is, and comes from the package registry where there is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findChromium, openBrowser } from './open-browser.ts';

test('a named browser wins over whatever the machine has', async () => {
  assert.equal(
    await findChromium({ TESSERA_CHROMIUM: '/somewhere/chromium', PATH: '/usr/bin' }),
    '/somewhere/chromium',
  );
});

test('a machine without a browser opens the packaged one', async () => {
  const browser = await openBrowser({ PATH: '' });
  const page = await browser.newPage();
  await page.goto('data:text/html,<title>there</title>');
  assert.equal(await page.title(), 'there');
  await browser.close();
});
