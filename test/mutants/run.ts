// A part of the table of holes by hand: `node test/mutants/run.ts [--share 1/4] [--workers 1] [part of a file's name or a hole …]`.
import { parseArgs } from 'node:util';
import { allMutants, shareOf, tryAll } from './try-all.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1/1' }, workers: { type: 'string', default: '1' } },
});
const chosen = allMutants.filter(
  ({ file, hole }) => positionals.length === 0 || positionals.some((part) => `${file} ${hole}`.includes(part)),
);
const workers = Number(values.workers);
if (!Number.isInteger(workers) || workers < 1 || workers > 16) throw new Error('--workers is a number from 1 to 16');
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { failing, alive } = await tryAll(shareOf(chosen, values.share), { workers, say });
for (const one of failing) say(`fails without a hole: ${one}`);
for (const one of alive) say(`SURVIVED ${one}`);
process.exitCode = failing.length + alive.length > 0 ? 1 : 0;
