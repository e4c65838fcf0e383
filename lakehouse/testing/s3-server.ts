// A server that speaks S3 for this room's tests: moto's where `moto_server` is installed, else a stand-in of the six calls that the store makes.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface S3Server {
  /** What it is, for the name of the suite. */
  readonly kind: string;
  readonly endpoint: string;
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  return (await startMoto()) ?? startStandIn();
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startMoto(): Promise<S3Server | undefined> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server: ChildProcess = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  let failed = false;
  server.once('error', () => {
    failed = true;
  });
  for (let tries = 0; tries < 300 && !failed && server.exitCode === null; tries++) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) {
      const exited = new Promise((resolve) => server.once('exit', resolve));
      const close = async () => {
        server.kill();
        await exited;
      };
      return { kind: 'S3 (moto)', endpoint, close };
    }
    await wait(100);
  }
  if (!failed) server.kill();
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const xmlText = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

/** Conditional put, get, delete, list with prefix, start and continuation; a page of a list is 5 keys, so that paging is met. */
async function startStandIn(): Promise<S3Server> {
  const objects = new Map<string, { readonly body: Buffer; readonly at: Date }>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const path = decodeURIComponent(url.pathname);
    const body = await bodyOf(request);
    const found = objects.get(path);
    const say = (status: number, text: string | Buffer = '') => response.writeHead(status).end(text);
    if (url.searchParams.get('list-type') === '2') {
      const bucket = `${path.replace(/\/$/, '')}/`;
      const prefix = url.searchParams.get('prefix') ?? '';
      const after = url.searchParams.get('continuation-token') ?? url.searchParams.get('start-after') ?? '';
      const keys = [...objects.keys()]
        .filter((key) => key.startsWith(bucket + prefix))
        .map((key) => key.slice(bucket.length))
        .filter((key) => key > after)
        .sort();
      const page = keys.slice(0, 5);
      const entries = page.map((key) => {
        const object = objects.get(bucket + key)!;
        return `<Contents><Key>${xmlText(key)}</Key><LastModified>${object.at.toISOString()}</LastModified><Size>${object.body.length}</Size></Contents>`;
      });
      const more = keys.length > 5 ? `<NextContinuationToken>${xmlText(page[4]!)}</NextContinuationToken>` : '';
      return say(
        200,
        `<?xml version="1.0"?><ListBucketResult>${entries.join('')}<IsTruncated>${keys.length > 5}</IsTruncated>${more}</ListBucketResult>`,
      );
    }
    if (request.method === 'PUT') {
      // Looked at after the body has arrived, with nothing awaited in between: one of several racing writers wins.
      if (request.headers['if-none-match'] === '*' && objects.has(path)) return say(412, error('PreconditionFailed'));
      objects.set(path, { body, at: new Date() });
      return say(200);
    }
    if (request.method === 'DELETE') {
      objects.delete(path);
      return say(204);
    }
    return found === undefined ? say(404, error('NoSuchKey')) : say(200, found.body);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    kind: 'S3 (stand-in: moto_server is not installed)',
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
