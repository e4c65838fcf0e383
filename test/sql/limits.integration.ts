// What a session of the SQL door may cost: bombs, clients that do not read, and what a killed process leaves behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import { test } from 'node:test';
import { codeOf, openDoor, rowsOf } from './open-door.ts';
import { signedIn, text, typed } from './raw-client.ts';
import { client, open, useDoor } from './use-door.ts';

useDoor();

test('bombs: memory and temporary space end the statement and not the session', async () => {
  for (const [sql, codes] of [
    ["select length(format('%900000000s', 'x'))", /^42501$/],
    ["select repeat('x', 1000000000)", /^42501$/],
    ["select string_agg(g::text, ',') from generate_series(1, 200000000) g", /^(53\d{3}|54\d{3}|57014)$/],
    ['select array_fill(1, array[500000000])', /^5[34]\d{3}$/],
    [
      'with recursive r(a) as (select array[1,2,3,4] union all select a || a from r) select count(*) from r',
      /^5[34]\d{3}$/,
    ],
    [
      "select replace(replace(replace(translate(to_char(1, 'FM0'), '1', 'a'), 'a', rpad('a', 100)), 'a', 'b'), 'b', 'c')",
      /^42501$/,
    ],
  ] as const)
    assert.match((await codeOf(client.query(sql))) ?? 'served', codes, sql);
  assert.deepEqual(await rowsOf(client, 'select 1'), [[1]]);
});

const mb = 1_048_576;
const own = () => {
  const { external, heapUsed, arrayBuffers } = process.memoryUsage();
  return external + heapUsed + arrayBuffers;
};

test('a client that does not read makes PostgreSQL wait, not our memory grow; when it reads, it has every row', {
  timeout: 240_000,
}, async () => {
  const raw = await signedIn(await open.url());
  raw.socket.pause();
  // About 120 MB of rows, by way of 100,000 of them.
  raw.send(
    typed(
      'Q',
      text(
        "select g, array_to_string(array_fill('0123456789'::text, array[120]), '') from generate_series(1, 100000) g",
      ),
    ),
  );
  const before = own();
  let most = 0;
  for (let i = 0; i < 30; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    most = Math.max(most, own() - before);
  }
  assert.ok(most < 48 * mb, `${Math.round(most / mb)} MB were kept for a client that does not read`);
  let rows = 0;
  let rest = Buffer.alloc(0);
  const done = new Promise<void>((resolve) => {
    raw.socket.removeAllListeners('data');
    raw.socket.on('data', (chunk) => {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      while (rest.length - at >= 5) {
        const size = rest.readUInt32BE(at + 1) + 1;
        if (rest.length - at < size) break;
        if (rest[at] === 0x44) rows += 1;
        if (rest[at] === 0x5a) resolve();
        at += size;
      }
      rest = rest.subarray(at);
    });
  });
  raw.socket.resume();
  await done;
  assert.equal(rows, 100_000);
  raw.socket.destroy();
});

test('a client that sends faster than PostgreSQL takes waits, too', { timeout: 120_000 }, async () => {
  const raw = await signedIn(await open.url());
  // A query that keeps PostgreSQL busy, and 80 MB of Binds behind it that it cannot take yet.
  raw.send(typed('Q', text('select count(*) from generate_series(1, 3000000)')));
  raw.send(typed('P', text('s'), text('select length($1::text)'), Buffer.from([0, 0])));
  const value = Buffer.alloc(4 * mb, 0x61);
  const length = Buffer.alloc(4);
  length.writeInt32BE(value.length);
  const before = own();
  const bind = typed('B', text(''), text('s'), Buffer.from([0, 0, 0, 1]), length, value, Buffer.from([0, 0]));
  for (let i = 0; i < 20; i += 1) raw.socket.write(bind);
  raw.send(typed('E', text(''), Buffer.alloc(4)), typed('S'));
  const said = await raw.until('Z', 2);
  assert.equal(said.codes.join(), '');
  assert.ok(own() - before < 160 * mb);
  raw.socket.destroy();
});

const child = `
  const { openDoor } = await import(${JSON.stringify(new URL('./open-door.ts', import.meta.url).href)});
  const open = await openDoor();
  const client = await open.connect();
  await client.query('select 1');
  console.log('up');
  setInterval(() => {}, 1000);
`;

test('a killed process leaves no PostgreSQL running, and the next start removes its folders', {
  timeout: 120_000,
}, async () => {
  const killed = spawn(process.execPath, ['--input-type=module', '-e', child], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    killed.stdout.on('data', (said) => String(said).includes('up') && resolve());
    killed.once('exit', () => reject(new Error('it ended')));
  });
  killed.kill('SIGKILL');
  const left = async () => (await readdir(os.tmpdir())).filter((name) => name.startsWith(`tessera-sql-${killed.pid}-`));
  assert.ok((await left()).length > 0);
  for (let tries = 0; tries < 100 && (await left()).length > 0; tries += 1) {
    // PostgreSQL ends on its own; then a start finds nobody there.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const next = await openDoor();
    await (await next.connect()).end();
    await next.close();
  }
  assert.deepEqual(await left(), []);
});
