// Mutation testing by hand: holes that somebody could open by mistake, each in a copy of the source; a hole that no test notices fails the run.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { doorMutants } from './door-mutants.ts';
import type { Mutant } from './mutant.ts';
import { securityMutants } from './security-mutants.ts';
import { openWorkbench, type Verdict } from './workbench.ts';

const wanted = process.env.TESSERA_MUTANTS;
const mutants = [...securityMutants, ...doorMutants].filter(
  ({ file, hole }) => !wanted || `${file} ${hole}`.includes(wanted),
);
const benches = [openWorkbench(), openWorkbench()] as const;
after(() => {
  for (const bench of benches) bench.remove();
});

test('every hole is another one, and there are forty at least', { skip: wanted && 'a part was asked for' }, () => {
  assert.ok(mutants.length >= 40);
  assert.equal(new Set(mutants.map(({ hole, file }) => `${file}: ${hole}`)).size, mutants.length);
});

test('without a hole all of these tests pass', async () => {
  const killers = [...new Set(mutants.map(({ killer }) => killer))];
  const halves = benches.map((bench, at) => bench.check(killers.filter((_, i) => i % benches.length === at)));
  assert.deepEqual(await Promise.all(halves), [undefined, undefined]);
});

test('every hole is noticed', async (t) => {
  const left = [...mutants];
  const table: [Mutant, Verdict][] = [];
  const work = async (bench: (typeof benches)[number]) => {
    for (let mutant = left.shift(); mutant; mutant = left.shift()) table.push([mutant, await bench.try(mutant)]);
  };
  await Promise.all(benches.map(work));
  for (const [{ file, hole }, verdict] of table) t.diagnostic(`${said(verdict)}  ${file}: ${hole}`);
  const alive = table.filter(([, { end }]) => end !== 'killed');
  t.diagnostic(`${table.length - alive.length} of ${table.length} killed`);
  assert.deepEqual(
    alive.map(([{ file, hole }, verdict]) => `${file}: ${hole} (${said(verdict)})`),
    [],
  );
});

const said = (verdict: Verdict): string =>
  verdict.end === 'killed' ? `killed in ${verdict.seconds.toFixed(1)} s` : `${verdict.end}: ${verdict.problem}`;
