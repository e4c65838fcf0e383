// The real fetch against a server on this machine: what is too large is let go of, and no redirect is followed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CutBody, createWeb, thisMachine } from './web.ts';

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(request.url ?? '');
  if (request.url === '/away') response.writeHead(302, { location: '/inside' }).end();
  else response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
});
let url: string;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test('attack 158: a small answer that unpacks into a large one is cut off at the limit of what is unpacked', async () => {
  assert.ok(bomb.length < 100_000);
  const maxBytes = 1024 * 1024;
  const answer = await createWeb({ maxBytes, networks: thisMachine })(`${url}/bomb`, { method: 'GET', headers: {} });
  await assert.rejects(answer.bytes(), (error: unknown) => {
    assert.ok(error instanceof CutBody);
    assert.ok(error.received.length < 2 * maxBytes, `${error.received.length} bytes were kept`);
    return true;
  });
});

test('attack 150: a vendor that sends us elsewhere is not followed', async () => {
  const answer = await createWeb({ networks: thisMachine })(`${url}/away`, { method: 'GET', headers: {} });
  assert.equal(answer.status, 302);
  assert.ok(!seen.includes('/inside'));
});

test('attack 150: what is not public is not called, by address or by name, whatever the name said before', async () => {
  const port = new URL(url).port;
  const before = seen.length;
  for (const there of [url, `http://localhost:${port}`, `http://[::ffff:127.0.0.1]:${port}`])
    await assert.rejects(createWeb()(there, { method: 'GET', headers: {} }), { code: 'VENDOR_ADDRESS_REFUSED' });
  assert.equal(seen.length, before);
});
