// The compatibility page speaks of the clients, versions, checks and statements that are in the tables now.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { clients, pageFile } from './clients.ts';
import { recorded } from './recorded.ts';
import { checkRows } from './render-page.ts';

test('the page has each client in the version that is run, with all of its checks passed, or says why it was not run (else run: node test/sql-clients/write-page.ts)', async () => {
  const page = await readFile(pageFile, 'utf8');
  for (const { name, version, from, checks } of clients) {
    const line = page.split('\n').find((text) => text.startsWith(`| ${name} | ${version ?? ''}`));
    assert.ok(line, `${name} ${version ?? ''}`);
    const ran = line.endsWith(`| ${from} | ${checks.length} of ${checks.length} |`);
    assert.ok(ran || line.includes(`| ${from} | not run: `), line);
  }
  for (const [check, names] of checkRows()) assert.ok(page.includes(`| ${check} | ${names.join(', ')} |`), check);
  for (const { tool, what } of recorded) assert.ok(page.includes(`| ${tool} | ${what} |`), `${tool}: ${what}`);
});
