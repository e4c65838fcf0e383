// psql, as people type it: one JSON line a check.
import { execFileSync, spawnSync } from 'node:child_process';
import { address, byOutcome, check, tellVersion } from './say.ts';

tellVersion(/\d+(\.\d+)+/.exec(execFileSync('psql', ['--version'], { encoding: 'utf8' }))?.[0] ?? 'unknown');

function psql(...commands: readonly string[]): { readonly out: string; readonly said: string } {
  const args = ['-X', '-A', '-t', '-F', '\t', address, ...commands.flatMap((command) => ['-c', command])];
  const { stdout, stderr } = spawnSync('psql', args, { encoding: 'utf8' });
  return { out: stdout.trim(), said: stderr };
}
const table = (text: string) => text.split('\n').map((line) => line.split('\t'));

await check('tables', async () =>
  table(psql('\\dt').out)
    .map(([, name]) => name)
    .sort(),
);
await check('columns and their types', async () => {
  const types = new Map(table(psql('\\d auth_attempts').out).map(([name, type]) => [name, type]));
  return ['attempt_count', 'abandoned_pct', 'outcome', 'started_at'].map((name) => types.get(name));
});
await check('every command that describes', async () => {
  const commands = ['\\d', '\\dt+', '\\dv', '\\di', '\\dn+', '\\df', '\\dT', '\\dp', '\\du', '\\l', '\\d+ issues'];
  const failed = commands.filter((command) => /ERROR|error:/.test(psql(command).said));
  return failed.length === 0 ? 'answered' : failed;
});
await check('measure by group', async () => table(psql(byOutcome).out));
await check('percentage to the digit', async () => psql('SELECT MEASURE(abandoned_pct) FROM auth_attempts').out);
await check('server-side cursor', async () => {
  const declare = 'DECLARE c CURSOR FOR SELECT started_at, outcome FROM auth_attempts';
  const { out } = psql('BEGIN', declare, 'FETCH 2 FROM c', 'FETCH ALL FROM c', 'COMMIT');
  return String(table(out).filter((line) => line.length === 2).length);
});
await check('an error has its SQLSTATE and the session goes on', async () => {
  const { out, said } = psql(
    '\\set VERBOSITY verbose',
    'SELECT nothing FROM auth_attempts',
    'DELETE FROM auth_attempts',
    'SELECT 1',
  );
  return [...[...said.matchAll(/ERROR: {2}(\w{5}):/g)].map(([, code]) => code), out];
});
