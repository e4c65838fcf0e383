// What the programs in TypeScript share: where the door is, what is asked, and how a check is told.

export const address: string = process.env.TESSERA_SQL_URL ?? '';
export const byOutcome = 'SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1';
export const sinceText = 'SELECT count(*) FROM auth_attempts WHERE country = $1 AND started_on >= $2';

const tell = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

export const tellVersion = (version: string): void => tell({ version });

/** Tells the version that a package's manifest names. */
export const versionOf = (manifest: string): void => tellVersion((JSON.parse(manifest) as { version: string }).version);

export async function check(name: string, act: () => Promise<unknown>): Promise<void> {
  try {
    tell({ check: name, value: await act() });
  } catch (error) {
    tell({ check: name, error: String(error).split('\n')[0] });
  }
}

/** SQLSTATEs of an unknown column and of a write, and what the session answers after them. */
export async function codes(rows: (text: string) => Promise<unknown[][]>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const text of ['SELECT nothing FROM auth_attempts', 'DELETE FROM auth_attempts'])
    await rows(text).catch((error: { code?: string }) => seen.push(error.code));
  return [...seen, String((await rows('SELECT 1'))[0]?.[0])];
}
