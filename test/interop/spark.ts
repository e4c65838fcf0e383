// Spark with Delta as a process of its own that answers SQL; what it needs is named by two variables, else it is not there.
import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const python = process.env.TESSERA_SPARK_PYTHON;
const jars = process.env.TESSERA_SPARK_JARS;

/** Why Spark cannot be run here; false where it can. */
export const noSpark: string | false = (() => {
  if (!python || !jars) return 'TESSERA_SPARK_PYTHON names no Python that has pyspark, or TESSERA_SPARK_JARS no folder';
  if (globSync('delta-spark*.jar', { cwd: jars }).length === 0) return `TESSERA_SPARK_JARS holds no delta-spark`;
  if (spawnSync('java', ['-version']).status !== 0) return 'no Java on this machine';
  if (spawnSync(python, ['-c', 'import pyspark']).status !== 0) return 'TESSERA_SPARK_PYTHON has no pyspark';
  return false;
})();

export type SparkRow = Readonly<Record<string, unknown>>;
export interface Spark {
  /** As it says itself. */
  readonly version: string;
  sql(statement: string): Promise<readonly SparkRow[]>;
  close(): Promise<void>;
}
interface Answer {
  readonly rows?: readonly SparkRow[];
  readonly error?: string;
}

/** Starts it; some ten seconds. Statements are answered one after the other. */
export async function startSpark(): Promise<Spark> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'tessera-spark-'));
  const program = path.join(import.meta.dirname, 'spark_session.py');
  const child = spawn(python ?? 'python3', [program, jars ?? '', scratch], {
    env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (part) => {
    complaints = `${complaints}${part}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<readonly SparkRow[]> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`Spark ended: ${complaints}`);
      if (!value.startsWith('{')) continue;
      const { rows, error } = JSON.parse(value) as Answer;
      if (error !== undefined) throw new Error(error);
      return rows ?? [];
    }
  };
  const [started] = await answer();
  return {
    version: `Spark ${String(started?.spark)}, ${String(started?.delta)}`,
    sql(statement) {
      child.stdin.write(`${JSON.stringify({ sql: statement })}\n`);
      return answer();
    },
    async close() {
      child.stdin.end();
      await ended;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
