// Connections before their session: where TLS must be, and how many may be signing in.
import assert from 'node:assert/strict';
import net from 'node:net';
import os from 'node:os';
import { test } from 'node:test';
import { openFixture } from './test/fixture.ts';
import { toyPlan } from './test/toy-plan.ts';
import { startupMessage } from './wire/write.ts';

/** What the door says to these bytes until it closes. */
function said(port: number, host: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const socket = net.connect(port, host, () => socket.write(bytes));
    socket.on('data', (chunk) => {
      all += chunk.toString('latin1');
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(all));
  });
}
const outside = Object.values(os.networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
const start = startupMessage({ user: 'ann', database: 'acme-corp' });

test('from another address than loopback, a start without TLS is refused before a password is asked for', {
  skip: outside ? false : 'this machine has no address but loopback',
}, async () => {
  const fixture = await openFixture(toyPlan, { host: '0.0.0.0' });
  try {
    const answer = await said(fixture.door.port, outside ?? '', start);
    assert.equal(answer[0], 'E');
    assert.match(answer, /C28000\0.*must use TLS/);
  } finally {
    await fixture.close();
  }
});

test('so many connections may be signing in and no more; one that leaves makes room', async () => {
  const fixture = await openFixture(toyPlan, { limits: { waiting: 3, loginTimeoutMs: 3_600_000 } });
  const { port } = fixture.door;
  try {
    const silent = await Promise.all(
      Array.from(
        { length: 3 },
        () =>
          new Promise<net.Socket>((resolve) => {
            const socket = net.connect(port, '127.0.0.1', () => socket.write(start));
            // The request for a password: it is one of those that are counted.
            socket.once('data', () => resolve(socket));
          }),
      ),
    );
    assert.match(await said(port, '127.0.0.1', Buffer.alloc(0)), /C53300\0/);
    for (const socket of silent) socket.end();
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    const cut = Buffer.concat([start, Buffer.from('p\0\0\0\x05\0')]);
    for (let tries = 0; tries < 100; tries += 1) {
      const answer = await said(port, '127.0.0.1', cut);
      if (/C28P01\0/.test(answer)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail('those who left are still counted');
  } finally {
    await fixture.close();
  }
});
