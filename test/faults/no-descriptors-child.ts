// A process that may open few files, told in steps what to do; prints one JSON line with what became of each. For no-descriptors.integration.ts.
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { asFault, createCall, listen, observeNothing, systemClock, type Tenant } from '@tessera/base';
import { limitConnections, serverOptions } from '@tessera/platform';
import { createAudit } from '@tessera/security';

const home = process.argv[2] ?? '';
const tenant = 'acme-corp' as Tenant;
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'status' in error ? asFault(error).code : 'no connection'),
  );

const audit = await createAudit({ folder: path.join(home, 'audit'), now: systemClock, observe: observeNothing });
const act = (of: string) =>
  outcome(
    audit.append({
      ...{ tenant: of as Tenant, kind: 'decision', action: 'pii.reveal', door: 'rest', subject: 'a', from: undefined },
      ...{ decision: 'allowed', rows: 1 },
    }),
  );
const server = createServer(serverOptions, (_, response) => response.setHeader('connection', 'close').end('here'));
limitConnections(server);
const port = await listen(server, { port: 0, host: '127.0.0.1' }, 'TESSERA_PORT');
const ask = () =>
  outcome(
    createCall('http://127.0.0.1', { networks: [] })(`http://127.0.0.1:${port}/`, {
      signal: AbortSignal.timeout(5_000),
    }).then((answer) => answer.text()),
  );

const before = { act: await act(tenant), ask: await ask() };
const held: number[] = [];
let problem = '';
while (problem === '')
  try {
    held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    problem = String((error as NodeJS.ErrnoException).code);
  }
const during = { problem, act: await act('globex-inc'), ask: await ask() };
for (const descriptor of held) closeSync(descriptor);
const after = { act: await act('globex-inc'), ask: await ask() };
process.stdout.write(`${JSON.stringify({ before, during, after })}\n`);
await audit.close();
server.close();
process.exit(0);
