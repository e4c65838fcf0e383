// The house keeps what it promises its readers: a README a room, links that lead somewhere, the same two commands everywhere.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '..', '..');
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const workspaces = (JSON.parse(textOf('package.json')) as { workspaces: string[] }).workspaces;
const rooms = [...new Set(workspaces.map((workspace) => workspace.split('/')[0] ?? ''))];
const pages = globSync('**/*.md', { cwd: root, exclude: (name) => /(^|\/)(node_modules|dist|\.tessera)$/.test(name) });

test('every room says on one screen what it is in charge of', () => {
  // The demo's README is longer: it holds the rules that truth and pipeline share.
  const screen = 50;
  for (const room of rooms) {
    const file = path.join(room, 'README.md');
    assert.ok(existsSync(path.join(root, file)), `${file} is there`);
    assert.match(textOf(file), /[Ii]n charge of|[Kk]eeps|\bis\b/, file);
    if (room !== 'demo') assert.ok(textOf(file).split('\n').length <= screen, `${file} is one screen`);
  }
});

test('every link of every page leads to a file', () => {
  assert.ok(pages.length > 20);
  const dead = pages.flatMap((page) => {
    const prose = textOf(page).replace(/```[\s\S]*?```/g, '');
    return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link.split('#')[0] ?? '')
      .filter((link) => link !== '' && !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(path.join(root, path.dirname(page), link)))
      .map((link) => `${page} -> ${link}`);
  });
  assert.deepEqual(dead, []);
});

test('the picture of the README is a picture', () => {
  const [, picture = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(textOf('README.md')) ?? [];
  const bytes = readFileSync(path.join(root, picture));
  assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
  assert.ok(statSync(path.join(root, picture)).size > 20_000);
});

test('the README’s two commands are what CI and the workflow run', () => {
  for (const [file, commands] of [
    ['README.md', ['npm start', 'npm test']],
    ['.ci/run', ['npm test']],
    ['.github/workflows/test.yml', ['npm start', '.ci/run']],
  ] as const)
    for (const command of commands) assert.ok(textOf(file).includes(command), `${file}: ${command}`);
});

test('the licence is Apache-2.0, and every room is private to this repository', () => {
  assert.match(textOf('LICENSE'), /Apache License\s+Version 2\.0/);
  assert.equal((JSON.parse(textOf('package.json')) as { license: string }).license, 'Apache-2.0');
  for (const workspace of workspaces)
    assert.equal((JSON.parse(textOf(`${workspace}/package.json`)) as { private?: boolean }).private, true, workspace);
});

test('every command of package.json is one that the front door knows', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const front = textOf('bootstrap.mjs');
  for (const [name, script] of Object.entries(scripts)) {
    const [, command] = /^node bootstrap\.mjs (\w+)$/.exec(script) ?? [];
    if (command === undefined) continue;
    const [, file = ''] = new RegExp(`^  ${command}: \\['([^']+)'`, 'm').exec(front) ?? [];
    assert.ok(existsSync(path.join(root, file)) && file !== '', `npm run ${name}: ${file}`);
  }
});
