// Builds the page where its files are newer than what was built.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';

const root = path.join(import.meta.dirname, '..');
const frontend = path.join(root, 'frontend');
export const applicationFolder = path.join(frontend, 'dist');
const stamp = path.join(applicationFolder, '.built-from');

/** Resolves when frontend/dist is there and current; APPLICATION_NOT_BUILT with what Vite said last. */
export async function buildApplication(): Promise<void> {
  const wanted = await sourceHash();
  const there = await readFile(stamp, 'utf8').catch(() => undefined);
  if (there === wanted) return;
  await runVite();
  await writeFile(stamp, wanted);
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const files = globSync(['index.html', 'package.json', 'vite.config.ts', 'src/**/*', 'public/**/*'], {
    cwd: frontend,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(path.relative(frontend, file)).update(await readFile(file));
  return hash.digest('hex');
}

function runVite(): Promise<void> {
  return new Promise((resolve, reject) => {
    const vite = spawn(
      process.execPath,
      [path.join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'error'],
      {
        cwd: frontend,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let said = '';
    for (const stream of [vite.stdout, vite.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    vite.once('error', reject);
    vite.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Fault('APPLICATION_NOT_BUILT', { reason: said.trim().slice(-2000) })),
    );
  });
}
