// Runs every client and writes docs/reference/bi-compatibility.md from what they did.
import { writeFile } from 'node:fs/promises';
import { openDoor } from '../sql/open-door.ts';
import { clients, pageFile } from './clients.ts';
import { renderPage } from './render-page.ts';
import { accountUrl, factsOf, type NotRun, type Run, runClient } from './run-clients.ts';

const open = await openDoor();
try {
  const [url, facts] = await Promise.all([accountUrl(open), factsOf(open.served)]);
  const runs: (Run | NotRun)[] = [];
  for (const client of clients) {
    const run = await runClient(client, url, facts);
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
