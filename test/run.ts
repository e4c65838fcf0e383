// `npm test`: format and lint, types, then every test; `--only check|unit|browser|integration|soak` runs a part, other arguments select tests by path.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

const steps = ['check', 'unit', 'browser', 'integration', 'soak'] as const;
type Step = (typeof steps)[number];
if (values.help || (values.only !== undefined && !steps.includes(values.only as Step))) {
  process.stderr.write(`Usage: npm test -- [--only ${steps.join('|')}] [part of a path …]\n`);
  process.exit(values.help ? 0 : 2);
}

const ignored = /(^|\/)(node_modules|dist|\.tessera)\//;
const chosen = (file: string) => positionals.length === 0 || positionals.some((part) => file.includes(part));
const files = (pattern: string) =>
  globSync(pattern, { cwd: root, exclude: (name) => ignored.test(`${name}/`) }).filter(chosen);
const isBrowser = (file: string) => file.startsWith(path.join('test', 'browser'));

const home = mkdtempSync(path.join(tmpdir(), 'tessera-tests-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
/** Each file is a process of its own: what it compiles is kept for the next, and so is what the main job loaded. */
const env = {
  NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'node'),
  TESSERA_TEST_HOME: home,
  ...process.env,
};
function run(title: string, program: string, args: readonly string[]): boolean {
  process.stdout.write(`\n— ${title}\n`);
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', env }).status === 0;
}
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);
const runTests = (title: string, tests: readonly string[], concurrency: number) =>
  tests.length === 0 ||
  run(title, process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=600000',
    ...tests,
  ]);

const all = files('**/*.test.ts').sort();
const work: Record<Step, () => boolean> = {
  check: () => run('format and lint', bin('biome'), ['check', '.']) && run('types', bin('tsc'), ['-p', '.']),
  unit: () =>
    runTests(
      'tests',
      all.filter((file) => !isBrowser(file)),
      2,
    ),
  browser: () => runTests('tests in a browser', all.filter(isBrowser), 1),
  integration: () => runTests('integration', files('**/*.integration.ts').sort(), 2),
  soak: () => runTests('soak', files('**/*.soak.ts').sort(), 1),
};
const wanted: readonly Step[] = values.only
  ? [values.only as Step]
  : positionals.length > 0
    ? ['unit', 'browser']
    : ['check', 'unit', 'browser'];
const passed = wanted.map((step) => work[step]());
process.exit(passed.every(Boolean) ? 0 : 1);
