// Mutation testing by hand: holes that somebody could open by mistake, each in a copy of the source; a hole that no test notices fails the run.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { doorMutants } from './door-mutants.ts';
import { securityMutants } from './security-mutants.ts';
import { sqlMutants } from './sql-mutants.ts';
import { openWorkbench, type Verdict, type Workbench } from './workbench.ts';

const wanted = process.env.TESSERA_MUTANTS;
const mutants = [...securityMutants, ...doorMutants, ...sqlMutants].filter(
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

/** Both benches work through the list. */
async function share<T>(list: readonly T[], work: (bench: Workbench, one: T) => Promise<void>): Promise<void> {
  const left = [...list];
  await Promise.all(
    benches.map(async (bench) => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await work(bench, one);
    }),
  );
}

test('without a hole all of these tests pass', async () => {
  const failed: string[] = [];
  await share([...Map.groupBy(mutants, ({ killer }) => killer)], async (bench, [killer, all]) => {
    const names = all.map(({ only }) => only);
    const problem = await bench.check(
      killer,
      names.includes(undefined) ? [] : names.filter((name) => name !== undefined),
    );
    if (problem !== undefined) failed.push(`${killer}\n${problem}`);
  });
  assert.deepEqual(failed, []);
});

test('every hole is noticed', async () => {
  const alive: string[] = [];
  await share(mutants, async (bench, mutant) => {
    const verdict = await bench.try(mutant);
    const line = `${mutant.file}: ${mutant.hole} (${said(verdict)})`;
    // The table, as it grows: a run of minutes should show that it goes on.
    process.stdout.write(`${line}\n`);
    if (verdict.end !== 'killed') alive.push(line);
  });
  process.stdout.write(`${mutants.length - alive.length} of ${mutants.length} killed\n`);
  assert.deepEqual(alive, []);
});

const said = (verdict: Verdict): string =>
  verdict.end === 'killed' ? `killed in ${verdict.seconds.toFixed(1)} s` : `${verdict.end}: ${verdict.problem}`;
