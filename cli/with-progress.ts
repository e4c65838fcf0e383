// What a long command shows while it works: a line a tenant, a spinner on a terminal, plain lines elsewhere; on stderr, so that stdout is the result alone.
import type { Tenant } from '@tessera/base';
import type { Progress } from '@tessera/lakehouse';
import { Listr, ListrLogger, ProcessOutput } from 'listr2';

export type Say = (text: string) => void;

/** Works through them one after the other; `say` changes the text beside the tenant. */
export async function withProgress<One extends { readonly tenant: Tenant }, T>(
  ones: readonly One[],
  isQuiet: boolean,
  work: (one: One, say: Say) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const tasks = ones.map((one) => ({
    title: one.tenant,
    task: async (_: unknown, task: { title: string; output: string }) => {
      results.push(
        await work(one, (text) => {
          task.output = text;
        }),
      );
    },
  }));
  const rendererOptions = {
    logger: new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) }),
  };
  const list = new Listr(tasks, {
    concurrent: false,
    renderer: isQuiet ? 'silent' : process.stderr.isTTY ? 'default' : 'simple',
    fallbackRenderer: 'simple',
    rendererOptions,
    fallbackRendererOptions: rendererOptions,
  });
  await list.run();
  return results;
}

/** A bar of objects, told at every hundredth. */
export function barOf(say: Say, doing: string): (progress: Progress) => void {
  let before = -1;
  return ({ done, of }) => {
    const percent = of === 0 ? 100 : Math.floor((100 * done) / of);
    if (percent === before) return;
    before = percent;
    const full = Math.round(percent / 5);
    say(`${doing} ${'█'.repeat(full)}${'░'.repeat(20 - full)} ${percent} % (${done} of ${of} objects)`);
  };
}
