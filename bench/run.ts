// `npm run bench [names] [--json]`: runs the benchmarks and prints every figure beside its goal. A missed goal is a figure, not a failure.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { auditTrail } from './benchmarks/audit.ts';
import { authPath } from './benchmarks/auth-path.ts';
import { fleet } from './benchmarks/fleet.ts';
import { idle } from './benchmarks/idle.ts';
import { increment } from './benchmarks/increment.ts';
import { noisyNeighbour } from './benchmarks/noisy.ts';
import { peersBenchmark } from './benchmarks/peers.ts';
import { query } from './benchmarks/query.ts';
import { sql } from './benchmarks/sql.ts';
import { staging } from './benchmarks/staging.ts';
import { start } from './benchmarks/start.ts';
import { type Benchmark, type Figure, isMet, renderFigure } from './figure.ts';
import { describeMachine, watchSteal } from './machine.ts';

const benchmarks: readonly Benchmark[] = [
  staging,
  idle,
  increment,
  query,
  authPath,
  auditTrail,
  noisyNeighbour,
  sql,
  start,
  fleet,
  peersBenchmark,
];
const usage = `Usage: npm run bench -- [${benchmarks.map(({ name }) => name).join('|')} …] [--json] [--out <file>] [--tenants <n>] [--events <n>]

${benchmarks.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

  --json        print the result as JSON
  --out <file>  write the result as JSON into a file, too
  --tenants, --events <n>  size of the fleet and of its history\n`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    out: { type: 'string' },
    tenants: { type: 'string' },
    events: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
const size = (name: 'tenants' | 'events') => (values[name] === undefined ? {} : { [name]: Number(values[name]) });
const unknown = positionals.find((name) => benchmarks.every((benchmark) => benchmark.name !== name));
if (values.help || unknown !== undefined) {
  process.stderr.write(unknown === undefined ? usage : `There is no benchmark '${unknown}'.\n\n${usage}`);
  process.exit(values.help ? 0 : 2);
}

/** With --json, stdout is for the result alone. */
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const machine = describeMachine();
say(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, commit ${machine.commit}, load ${machine.load}`,
);

interface Result {
  readonly name: string;
  readonly seconds: number;
  /** Share of the time that the machine gave to others. */
  readonly stolen?: number;
  readonly failed?: string;
  readonly figures: readonly (Figure & { readonly met?: boolean })[];
}
const results: Result[] = [];
for (const benchmark of benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  say(`\n${benchmark.name} — ${benchmark.about}`);
  const started = performance.now();
  const stolen = watchSteal();
  const about = () => {
    const share = stolen();
    return {
      name: benchmark.name,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      ...(share === undefined ? {} : { stolen: Math.round(share * 1000) / 1000 }),
    };
  };
  try {
    const figures = await benchmark.run(say, { ...size('tenants'), ...size('events') });
    for (const figure of figures) say(renderFigure(figure));
    const judged = figures.map((figure) => {
      const met = isMet(figure);
      return { ...figure, ...(met === undefined ? {} : { met }) };
    });
    results.push({ ...about(), figures: judged });
  } catch (error) {
    const failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(`  BROKEN: ${failed}`);
    results.push({ ...about(), failed, figures: [] });
  }
}

const report = `${JSON.stringify({ machine, results }, null, 2)}\n`;
if (values.json) process.stdout.write(report);
if (values.out !== undefined) writeFileSync(path.resolve(values.out), report);
const goals = results.flatMap(({ figures }) => figures).filter(({ met }) => met !== undefined);
say(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met.`);
process.exitCode = results.some(({ failed }) => failed !== undefined) ? 1 : 0;
