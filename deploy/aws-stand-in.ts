// For tests: AWS as moto's server speaks it, with a Lambda of our own in front, because moto's runs functions in containers only.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface AwsStandIn {
  readonly endpoint: string;
  /** The functions that were called, in order, and those of them that failed. */
  readonly calls: { readonly name: string; readonly failed: boolean }[];
  close(): void;
}
export type Functions = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/**
 * moto's Step Functions calls Lambda at `localhost` and its own port. So moto gets that port on 127.0.0.2, and on 127.0.0.1
 * the Invoke call is answered by running the function in this process. Undefined where moto or that address is not to be had.
 */
export async function startAws(
  functions: Functions,
  fail: (name: string) => { readonly name: string; readonly message: string } | undefined,
): Promise<AwsStandIn | undefined> {
  const calls: AwsStandIn['calls'] = [];
  const lambda = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const name = /\/functions\/.*tessera-(\w+)\/invocations/.exec(decodeURIComponent(request.url ?? ''))?.[1] ?? '';
    const run = functions[name];
    if (!run) return void response.writeHead(404).end('{}');
    try {
      const wanted = fail(name);
      if (wanted) throw Object.assign(new Error(wanted.message), { name: wanted.name });
      const output = await run(JSON.parse(Buffer.concat(chunks).toString('utf8')) as never);
      calls.push({ name, failed: false });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(output ?? null));
    } catch (error) {
      calls.push({ name, failed: true });
      // As Lambda's runtime for Node tells of an error.
      const { name: errorType, message: errorMessage } = error as Error;
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' })
        .end(JSON.stringify({ errorType, errorMessage, trace: [] }));
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => lambda.once('listening', resolve));
  const { port } = lambda.address() as AddressInfo;
  const moto = await startMoto('127.0.0.2', port);
  const close = () => {
    moto?.kill();
    lambda.closeAllConnections();
    lambda.close();
  };
  if (moto) return { endpoint: `http://127.0.0.2:${port}`, calls, close };
  close();
  return undefined;
}

async function startMoto(host: string, port: number): Promise<ChildProcess | undefined> {
  const server = spawn('moto_server', ['-H', host, '-p', String(port)], { stdio: 'ignore' });
  let failed = false;
  server.once('error', () => {
    failed = true;
  });
  for (let tries = 0; tries < 300 && !failed && server.exitCode === null; tries++) {
    const answers = await fetch(`http://${host}:${port}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) return server;
    await wait(100);
  }
  if (!failed) server.kill();
  return undefined;
}
