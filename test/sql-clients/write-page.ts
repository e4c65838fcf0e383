// Runs every client and writes docs/reference/bi-compatibility.md from what they did.
import { writeFile } from 'node:fs/promises';
import { clients, pageFile } from './clients.ts';
import { openForClients } from './open-for-clients.ts';
import { renderPage } from './render-page.ts';
import { factsOf, type NotRun, type Run, runClient } from './run-clients.ts';

const { open, address } = await openForClients();
try {
  const facts = await factsOf(open.served);
  const runs: (Run | NotRun)[] = [];
  for (const client of clients) {
    const run = await runClient(client, address, facts);
    const bad =
      'why' in run
        ? run.why
        : [...run.wrong]
            .filter(([, wrong]) => wrong !== undefined)
            .map(String)
            .join('; ');
    process.stdout.write(`${client.name}: ${bad || 'all as it must be'}\n`);
    runs.push(run);
  }
  await writeFile(pageFile, renderPage(runs));
} finally {
  await open.close();
}
