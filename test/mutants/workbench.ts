// A copy of the working tree in which a mutant can live: its files, and packages that lead to the copy's rooms and not to ours.
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Mutant } from './mutant.ts';

export const root = path.join(import.meta.dirname, '..', '..');

export type Verdict =
  /** A test that hangs has noticed, too: whether it was slow alone is for who reads the table. */
  | { readonly end: 'killed'; readonly seconds: number; readonly byTimeout: boolean }
  | { readonly end: 'survived' | 'stale' | 'broken'; readonly problem: string };

export interface Workbench {
  readonly folder: string;
  /** Runs those tests of a file that mutants need, without any mutant; what fails where something does. */
  check(killer: string, only: readonly string[]): Promise<string | undefined>;
  /** Applies the mutant, runs its tests, takes it away again. */
  try(mutant: Mutant): Promise<Verdict>;
  remove(): void;
}

const mostMs = 90_000;

export function openWorkbench(): Workbench {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-mutants-'));
  for (const file of filesOf(root)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(root, file), path.join(folder, file));
  }
  linkPackages(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  // Packages that a room has in a version of its own.
  for (const room of readdirSync(root)) {
    const own = path.join(root, room, 'node_modules');
    if (room !== 'node_modules' && existsSync(own)) symlinkSync(own, path.join(folder, room, 'node_modules'));
  }

  return {
    folder,
    async check(killer, only) {
      const { code, output } = await run(folder, killer, only);
      return code === 0 ? undefined : failuresOf(output);
    },
    async try({ file, from, to, killer, only }) {
      const place = path.join(folder, file);
      const text = await readFile(place, 'utf8');
      const times = text.split(from).length - 1;
      if (times !== 1) return { end: 'stale', problem: `its text is ${times} times in ${file}` };
      // A function, since a text may hold what `replace` would take for a pattern.
      const changed = text.replace(from, () => to);
      const problem = syntaxError(changed);
      if (problem) return { end: 'broken', problem };
      const startedAt = Date.now();
      await writeFile(place, changed);
      try {
        const names = only === undefined ? [] : [only];
        const first = await run(folder, killer, names);
        // Forced to exit, a process may take the end of its report with it: then once more, at leisure.
        const isCut = first.code !== 0 && !hasFailedTest(first.output, killer);
        const { code, output } = isCut ? await run(folder, killer, names, []) : first;
        if (code === 0) return { end: 'survived', problem: `${killer} passes` };
        if (!hasFailedTest(output, killer)) return { end: 'broken', problem: output.slice(0, 800) };
        const byTimeout = output.includes("failureType: 'testTimeoutFailure'");
        return { end: 'killed', seconds: (Date.now() - startedAt) / 1000, byTimeout };
      } finally {
        await writeFile(place, text);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Tracked and new files, without what is ignored; outside a checkout everything but packages and data. */
function filesOf(folder: string): string[] {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: folder });
  const names = listed.status === 0 ? String(listed.stdout).split('\0').filter(Boolean) : plainFiles(folder);
  return names.filter((name) => lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile());
}
const plainFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', '.git', '.tessera'].includes(name))
    .flatMap(({ name }) =>
      lstatSync(path.join(folder, name)).isDirectory()
        ? plainFiles(path.join(folder, name)).map((inner) => path.join(name, inner))
        : [name],
    );

/** Every package by a link to ours; our own rooms, which are relative links, as they are: so they lead to the copy. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (name === '@tessera') {
      mkdirSync(target);
      for (const room of readdirSync(source))
        symlinkSync(readlinkSync(path.join(source, room)), path.join(target, room));
    } else symlinkSync(source, target);
  }
}

const failuresOf = (output: string): string =>
  output
    .split('\n')
    .filter((line) => /^\s*not ok|Error/.test(line))
    .slice(0, 40)
    .join('\n');

/** True where a test failed; a file that could not be loaded fails as a whole, under its own name, and has noticed nothing. */
const hasFailedTest = (output: string, killer: string): boolean =>
  [...output.matchAll(/^\s*not ok \d+ - (.*)$/gm)].some(([, name]) => name !== killer);

function syntaxError(text: string): string | undefined {
  try {
    stripTypeScriptTypes(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function run(
  folder: string,
  killer: string,
  only: readonly string[],
  // The semantic layer leaves timers behind that would keep each process for seconds.
  how: readonly string[] = ['--test-force-exit'],
): Promise<{ code: number; output: string }> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=tap',
    ...how,
    `--test-timeout=${mostMs / 1.5}`,
    ...only.map((name) => `--test-name-pattern=${name}`),
    killer,
  ];
  // Of a runner inside a runner the inner one would speak to the outer.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (part: Buffer) => {
      output += part.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const clock = setTimeout(() => child.kill('SIGKILL'), mostMs);
    child.on('close', (code) => {
      clearTimeout(clock);
      resolve({ code: code ?? 1, output });
    });
  });
}
