// The thread that writes SQL for questions nobody asked before: Cube's compiler of the same model, and nothing of any tenant's data.
import { parentPort, workerData } from 'node:worker_threads';
import { TenantCompilerApi } from '../compiler.ts';
import type { Question, Told, WriterData } from './messages.ts';

const { files, dialect, options } = workerData as WriterData;
const tell = (told: Told) => parentPort?.postMessage(told);

const dialects = (await import(dialect.module)) as Readonly<Record<string, unknown>>;
const { withCountOfNothing } = await import('../count-of-nothing.ts');
const counting = withCountOfNothing(dialects[dialect.name] as Parameters<typeof withCountOfNothing>[0]);
const compiler = new TenantCompilerApi(
  undefined,
  { localPath: () => '', dataSchemaFiles: async () => [...files] } as never,
  (async () => 'duckdb') as never,
  { ...options, dialectClass: () => counting, compileContext: {}, logger: () => {}, sqlCache: false } as never,
);
await compiler.getCompilers();

parentPort?.on('message', async ({ query, options: asked }: Question) => {
  try {
    tell({ written: await compiler.getSql(query, asked) });
  } catch {
    // What is wrong with a question is said by the thread that asks, in Cube's own words.
    tell({});
  }
});
tell({ ready: true });
