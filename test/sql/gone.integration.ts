// Clients that leave without a word, at every point of a session, and what is skipped after an error: nothing stays open or waits behind them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acme } from '../cube/served-tenants.ts';
import { type OpenDoor, openDoor } from './open-door.ts';
import { int, rawClient, signedIn, startMessage, text, typed } from './raw-client.ts';

let open: OpenDoor;
before(async () => {
  // Far longer than the test: what ends sooner was not ended by the clock.
  open = await openDoor({ limits: { loginTimeoutMs: 3_600_000, statementMs: 3_600_000 } });
});
after(() => open.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await pause(50);
  }
  assert.fail(what);
}
const connections = () => process.getActiveResourcesInfo().filter((one) => one.startsWith('TCPSocket')).length;
const start = startMessage({ user: 'u1', database: acme });
const beginnings: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'half a length': Buffer.from([0, 0]),
  'half a start': start.subarray(0, 12),
  'a start': start,
  'a start and half a password': Buffer.concat([start, Buffer.from('p\0\0')]),
  'a start and bytes that are no message': Buffer.concat([start, Buffer.alloc(5000, 0xff)]),
  'a start of another protocol and more': Buffer.concat([int(12), int(0x20000), Buffer.alloc(5000)]),
  'a request for TLS': Buffer.concat([int(8), int(80_877_103)]),
  'a request for TLS and more': Buffer.concat([int(8), int(80_877_103), Buffer.alloc(5000)]),
  'a cancel request and more': Buffer.concat([int(16), int(80_877_102), Buffer.alloc(5000)]),
};

test('a client that leaves before it has signed in is gone at once, whatever it had said', async () => {
  const before = connections();
  for (const [said, bytes] of Object.entries(beginnings)) {
    for (const leaves of ['closes its side', 'breaks off']) {
      const raw = rawClient(open.door.port);
      raw.send(bytes);
      await pause(20);
      if (leaves === 'breaks off') raw.socket.resetAndDestroy();
      else raw.socket.end();
      assert.ok((await raw.closed(60_000)).closed);
      await until(`${said}: a client that ${leaves} leaves its connection open`, () => connections() <= before);
    }
  }
  assert.equal(open.door.sessions, 0);
});

test('a client that leaves while PostgreSQL works for it: the work is stopped, the session is over', async () => {
  const raw = await signedIn(await open.url());
  const at = await open.backends();
  assert.ok(at > 0);
  raw.send(typed('Q', text('select count(*) from generate_series(1, 100000000000)')));
  // Only so that it has begun; the test is as true where it has not.
  await pause(300);
  raw.socket.destroy();
  await until('the session is over', () => open.door.sessions === 0);
  await until('PostgreSQL works on for nobody', async () => (await open.backends()) < at);
});

test('a client that sends and never reads, and leaves: nothing waits for it', async () => {
  const raw = await signedIn(await open.url());
  const at = await open.backends();
  raw.socket.pause();
  // Many rows of one large text: PostgreSQL has more to say than is taken, and takes no more itself.
  const large = typed('Q', text(`select '${'x'.repeat(200_000)}' from generate_series(1, 1000)`));
  raw.send(...Array.from({ length: 40 }, () => large));
  await pause(500);
  assert.equal(open.door.sessions, 1);
  raw.socket.destroy();
  await until('the session is over', () => open.door.sessions === 0);
  await until('PostgreSQL has ended, too', async () => (await open.backends()) < at);
});

test('after an error everything is skipped up to the Sync, a Query too, as PostgreSQL does; each later answer is the right one', async () => {
  const raw = await signedIn(await open.url());
  const parse = (name: string, sql: string) => typed('P', text(name), text(sql), Buffer.from([0, 0]));
  raw.send(parse('', 'select nonsense from nowhere'), typed('H'));
  assert.deepEqual((await raw.until('E')).codes, ['42P01']);
  const query = "select count(*) from auth_attempts where started_at > now() - interval '1 day'";
  raw.send(
    typed('Q', text(query)),
    typed('Q', text('drop table users')),
    parse('a', query),
    typed('B', text(''), text('a'), Buffer.alloc(6)),
    typed('S'),
  );
  assert.equal((await raw.until('Z')).letters, 'Z');
  raw.send(typed('Q', text(query)));
  assert.equal((await raw.until('Z')).letters, 'TDCZ');
  raw.send(
    parse('', 'select 1'),
    typed('B', text(''), text(''), Buffer.alloc(6)),
    typed('E', text(''), int(0)),
    typed('S'),
  );
  assert.equal((await raw.until('Z')).letters, '12DCZ');
  raw.send(typed('X'));
  assert.ok((await raw.closed()).closed);
});
