// What the page and its packages may not do, read from their sources: what a browser test would find only on the path that it takes.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readNarrowings } from '../../frontend/src/range/narrowing-url.ts';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const sources = globSync('frontend/{src/**/*.{ts,tsx},index.html,embed.html}', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: read(file) }));

test('attack 202: no source of the page makes markup, script or addresses out of text', () => {
  assert.ok(sources.length > 50);
  const traps =
    /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function|javascript:|srcDoc|<script(?![^>]*\bsrc=)/i;
  const found = sources.flatMap(({ file, text }) => (traps.test(text) ? [file] : []));
  assert.deepEqual(found, []);
});

test('attack 208: nothing of a session is in storage that scripts can read, but whether there was one', () => {
  const uses = sources.flatMap(({ file, text }) =>
    /localStorage|sessionStorage|indexedDB|document\.cookie|serviceWorker|caches\.open/.test(text) ? [file] : [],
  );
  assert.deepEqual(uses.sort(), [
    'frontend/src/session/remember.ts',
    'frontend/src/session/user-manager.ts',
    'frontend/src/shell/theme.ts',
  ]);
  assert.match(read('frontend/src/session/user-manager.ts'), /userStore: .*InMemoryWebStorage/);
  assert.match(read('frontend/src/session/remember.ts'), /setItem\(key, 'yes'\)/);
});

test('attack 212: an address cannot bring properties of every object', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const address = new URLSearchParams([
      [name, 'x'],
      [`where.${name}`, 'x'],
      [`${name}.isAdmin`, 'x'],
    ]);
    assert.deepEqual(
      Object.keys(Object(readNarrowings(address, ['department']))),
      Object.keys(Object(readNarrowings(new URLSearchParams(), ['department']))),
    );
  }
  assert.equal(Object.hasOwn(Object.prototype, 'isAdmin'), false);
});

test('attack 214: every package is pinned by its hash, and comes from the registry alone', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { integrity?: string; link?: boolean; resolved?: string; inBundle?: boolean }>;
  };
  for (const [name, { integrity, link, resolved, inBundle }] of Object.entries(packages)) {
    if (!name.startsWith('node_modules/') && !name.includes('/node_modules/')) continue;
    if (link || inBundle) continue;
    assert.match(integrity ?? '', /^sha512-/, name);
    assert.doesNotMatch(resolved ?? '', /^(?:git|http:|file:)/, name);
  }
});
