// Seeded nonsense for the port of the SQL door: bytes, messages in any order, statements of any words; then whether the door is as it was.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { acme } from '../cube/served-tenants.ts';
import { type OpenDoor, openDoor, rowsOf } from './open-door.ts';
import { int, rawClient, signedIn, startMessage, text, typed } from './raw-client.ts';

const words =
  "select from where group by order limit having ( ) , * ' '' \" . ; :: $1 $2 1 -1 1e400 null users auth_attempts outcome country measure(attempt_count) count(*) date_trunc( 'month' interval prepare execute deallocate declare cursor for fetch begin commit rollback savepoint x set role explain analyze with recursive as union all case when then end in not like $a$ /* */ -- \\ E'\\x' é \u{1f600} array[ ] row( values lateral join on true over partition cast( explain".split(
    ' ',
  );
const statement = fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((list) => list.join(' '));
const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list));
const name = fc.constantFrom('', 'a', 'b', '\x011', 'x'.repeat(70));
const formats = fc.constantFrom(Buffer.from([0, 0]), Buffer.from([0, 1, 0, 1]), Buffer.from([0xff, 0xff]));
/** Frontend messages: right, nearly right, and of letters that mean nothing. */
const sent = fc.oneof(
  statement.map((sql) => typed('Q', text(sql))),
  fc.tuple(name, statement).map(([a, sql]) => typed('P', text(a), text(sql), Buffer.from([0, 0]))),
  fc
    .tuple(name, name, formats, bytes)
    .map(([a, b, f, rest]) => typed('B', text(a), text(b), f, Buffer.from([0, 1]), int(rest.length), rest, f)),
  fc.tuple(fc.constantFrom('S', 'P', 'x'), name).map(([what, a]) => typed('D', Buffer.from(what), text(a))),
  name.map((a) => typed('E', text(a), int(0))),
  fc.tuple(fc.constantFrom('S', 'P'), name).map(([what, a]) => typed('C', Buffer.from(what), text(a))),
  fc.constantFrom(typed('S'), typed('S'), typed('H'), typed('c'), typed('X')),
  fc.tuple(fc.constantFrom(...'QPBDECSHFdcfp?z\0'), bytes).map(([letter, body]) => typed(letter, body)),
  bytes,
);
const starts = fc.oneof(
  bytes,
  bytes.map((rest) => Buffer.concat([int(rest.length + 4), rest])),
  fc
    .tuple(fc.constantFrom(0x30000, 0x30002, 80_877_103, 80_877_104, 80_877_102, 0x20000), bytes)
    .map(([code, rest]) => Buffer.concat([int(rest.length + 8), int(code), rest])),
  bytes.map((rest) => Buffer.concat([startMessage({ user: 'u1', database: acme }), rest])),
);

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(what);
}
const connections = () => process.getActiveResourcesInfo().filter((one) => one.startsWith('TCPSocket')).length;

export interface Fuzzed {
  readonly starts: number;
  readonly sessions: number;
  /** Memory of the process in MB: before the first nonsense, at a tenth of the time, at the end. */
  readonly rss: readonly number[];
}

const rss = () => Math.round(process.memoryUsage().rss / 1_048_576);

/** So long; fails where the door ends, hangs, keeps sessions or memory, or does not let the next caller in. */
export async function fuzz(seconds: number, seed: number): Promise<Fuzzed> {
  const open = await openDoor({ limits: { loginTimeoutMs: 3_600_000, refusalMs: 1 } });
  const done = { starts: 0, sessions: 0, rss: [] as number[] };
  try {
    await good(open);
    const end = performance.now() + seconds * 1000;
    const before = rss();
    done.rss.push(before);
    const atRest = { connections: connections(), backends: await open.backends() };
    for (let round = 0; round === 0 || performance.now() < end; round += 1) {
      await Promise.all(
        fc.sample(starts, { numRuns: 40, seed: seed + round }).map(async (start) => {
          const raw = rawClient(open.door.port);
          raw.send(start);
          raw.socket.end();
          assert.ok((await raw.closed(60_000)).closed);
          done.starts += 1;
        }),
      );
      open.world.elapsedMs += 600_000;
      for (const list of fc.sample(fc.array(sent, { minLength: 1, maxLength: 12 }), {
        numRuns: 12,
        seed: seed + round,
      })) {
        const raw = await signedIn(await open.url());
        raw.send(...list, typed('S'), typed('X'));
        const { closed } = await raw.closed(60_000);
        assert.ok(closed);
        done.sessions += 1;
      }
      await good(open);
      // What the first rounds fill (compiled code, caches of catalogs) is no leak.
      if (done.rss.length === 1 && performance.now() > end - seconds * 900) done.rss.push(rss());
    }
    await until('sessions stay open behind clients that have gone', () => open.door.sessions === 0);
    await until('connections stay open', () => connections() <= atRest.connections);
    await until('PostgreSQL serves sessions that are over', async () => (await open.backends()) <= atRest.backends);
    done.rss.push(rss());
    const grown = rss() - before;
    assert.ok(grown < 250, `${grown} MB more than before`);
    return done;
  } finally {
    await open.close();
  }
}

async function good(open: OpenDoor): Promise<void> {
  const client = await open.connect();
  assert.deepEqual(await rowsOf(client, 'select count(*)::int from users'), [[4]]);
  await client.end();
}
