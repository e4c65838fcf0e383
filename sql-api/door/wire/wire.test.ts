// The bytes before a session: any bytes at all, PostgreSQL's own refusals, and SCRAM against a client that follows the RFC.
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBackoff } from '../login/backoff.ts';
import { createFrameReader, ProtocolError } from './frames.ts';
import { absentVerifier, createScramServer, makeVerifier, type ScramVerifier } from './scram.ts';
import { readStartup, StartRefused, startupLimit } from './startup.ts';
import { int32, message, startupMessage } from './write.ts';

test('messages come out whole, however their bytes were cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1 }), (parts, cuts) => {
      const all = Buffer.concat(parts.map((part) => message('Q', part)));
      const frames = createFrameReader(0);
      frames.typed(100);
      const got: string[] = [];
      for (let at = 0, i = 0; at < all.length; i += 1) {
        const size = cuts[i % cuts.length] ?? 1;
        frames.push(all.subarray(at, at + size));
        at += size;
        for (let one = frames.next(); one; one = frames.next()) got.push(one.bytes.toString('hex'));
      }
      assert.deepEqual(
        got,
        parts.map((part) => message('Q', part).toString('hex')),
      );
      assert.equal(frames.rest, 0);
    }),
  );
});

test('messages of one letter come together, in the order of all and with their very bytes', () => {
  const bodies = fc.array(fc.tuple(fc.constantFrom('D', 'C'), fc.uint8Array({ maxLength: 20 })), { maxLength: 12 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (parts, cuts) => {
      const all = Buffer.concat(parts.map(([letter, body]) => message(letter, body)));
      const frames = createFrameReader(0);
      frames.typed(100);
      const got: Buffer[] = [];
      for (let at = 0, i = 0; at < all.length; i += 1) {
        const size = cuts[i % cuts.length] ?? 1;
        frames.push(all.subarray(at, at + size));
        at += size;
        for (;;) {
          const rows = frames.nextAll(0x44);
          if (rows) got.push(rows);
          const one = frames.next();
          if (!one) break;
          got.push(one.bytes);
        }
      }
      assert.deepEqual(Buffer.concat(got), all);
      assert.equal(frames.rest, 0);
    }),
  );
  const frames = createFrameReader(0);
  frames.typed(100);
  frames.push(Buffer.concat([message('D'), message('D'), Buffer.from([0x44, 0, 0, 0xff, 0])]));
  assert.equal(frames.nextAll(0x43), undefined);
  assert.throws(() => frames.nextAll(0x44), ProtocolError);
});

test('a length that cannot be is refused before a byte is kept (attack 102)', () => {
  for (const length of [0, 3, 0xffffffff, startupLimit + 1]) {
    const frames = createFrameReader(startupLimit);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length >>> 0);
    frames.push(bytes);
    assert.throws(() => frames.next(), ProtocolError, String(length));
  }
});

test('any bytes as a start are a start, a refusal or a protocol error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isVersion3) => {
      const body = Buffer.concat([isVersion3 ? int32(196608) : Buffer.alloc(0), bytes]);
      try {
        const start = readStartup(Buffer.concat([int32(body.length + 4), body]));
        assert.ok(['ssl', 'gss', 'cancel', 'start'].includes(start.kind));
      } catch (error) {
        assert.ok(error instanceof ProtocolError || error instanceof StartRefused, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('starts: what is served, and with which SQLSTATE the rest is refused', () => {
  const base = { user: 'ann', database: 'acme-corp' };
  const start = readStartup(
    startupMessage({ ...base, TimeZone: 'UTC', application_name: '', client_encoding: 'utf-8' }),
  );
  assert.deepEqual(start, {
    kind: 'start',
    ...base,
    unknown: [],
    newer: false,
    settings: { timezone: 'UTC', application_name: '' },
  });
  for (const [more, code] of [
    [{ replication: 'database' }, '0A000'],
    [{ options: '-c log_statement=all' }, '0A000'],
    [{ client_encoding: 'LATIN1' }, '0A000'],
    [{ standard_conforming_strings: 'off' }, '0A000'],
    [{ role: 'door' }, '08P01'],
    [{ session_authorization: 'door' }, '08P01'],
    [{ user: '' }, '28000'],
    [{ user: 'x'.repeat(400) }, '08P01'],
  ] as const)
    assert.throws(() => readStartup(startupMessage({ ...base, ...more })), { code }, JSON.stringify(more));
  for (const version of [0x20000, 0x30009, 0x40000]) {
    const bytes = startupMessage(base);
    bytes.writeUInt32BE(version, 4);
    assert.throws(() => readStartup(bytes), { code: '08P01' });
  }
});

/** The client's side of RFC 5802, written apart from ours. */
function clientProof(password: string, first: string, serverFirst: string, header = 'n,,'): string {
  const {
    r = '',
    s = '',
    i = '',
  } = Object.fromEntries(serverFirst.split(',').map((part): [string, string] => [part.slice(0, 1), part.slice(2)]));
  const salted = pbkdf2Sync(password, Buffer.from(s, 'base64'), Number(i), 32, 'sha256');
  const key = createHmac('sha256', salted).update('Client Key').digest();
  const without = `c=${Buffer.from(header).toString('base64')},r=${r}`;
  const signature = createHmac('sha256', createHash('sha256').update(key).digest())
    .update(`${first},${serverFirst},${without}`)
    .digest();
  return `${without},p=${Buffer.from(key.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64')}`;
}

test('SCRAM: the right password is proved, everything else is not, and no exchange can be played twice (attack 105)', async () => {
  const verifier = await makeVerifier('s3cret');
  const exchange = (of: ScramVerifier, password: string, header = 'n,,', said = header) => {
    const server = createScramServer(of);
    const first = server.first(`${header}n=,r=abcdefghijkl`);
    return first && server.final(clientProof(password, 'n=,r=abcdefghijkl', first, said));
  };
  assert.match(exchange(verifier, 's3cret') ?? '', /^v=/);
  assert.match(exchange(verifier, 's3cret', 'y,,') ?? '', /^v=/);
  assert.equal(exchange(verifier, 'S3cret'), undefined);
  assert.equal(exchange(verifier, 's3cret', 'n,,', 'y,,'), undefined);
  assert.equal(exchange(verifier, 's3cret', 'p=tls-unique,,'), undefined);
  assert.equal(exchange(absentVerifier(Buffer.from('k'), 'x'), 's3cret'), undefined);
  const server = createScramServer(verifier);
  const proof = clientProof('s3cret', 'n=,r=abcdefghijkl', server.first('n,,n=,r=abcdefghijkl') ?? '');
  const again = createScramServer(verifier);
  again.first('n,,n=,r=abcdefghijkl');
  assert.equal(again.final(proof), undefined);
  assert.equal(createScramServer(verifier).final(proof), undefined);
  for (const bad of ['', 'n,,', 'n,,n=,r=', 'n,,n=,r=short', 'n,,m=x,n=,r=abcdefghijkl', 'x'.repeat(10_000)])
    assert.equal(createScramServer(verifier).first(bad), undefined, bad.slice(0, 30));
});

test('nobody has the same salt each time, and no two nobodies share one', () => {
  const secret = Buffer.from('k');
  assert.deepEqual(absentVerifier(secret, 'a'), absentVerifier(secret, 'a'));
  assert.notEqual(absentVerifier(secret, 'a').salt, absentVerifier(secret, 'b').salt);
});

test('ten thousand wrong tries wait ever longer, others do not wait, and memory stays bounded (attack 105)', () => {
  let now = 0;
  const backoff = createBackoff({ nowMs: () => now, most: 100 });
  let tried = 0;
  for (let i = 0; i < 10_000; i += 1, now += 100) {
    if (backoff.blockedFor('a') > 0) continue;
    tried += 1;
    backoff.failed('a');
  }
  assert.ok(tried < 20, String(tried));
  assert.equal(backoff.blockedFor('b'), 0);
  for (let i = 0; i < 1000; i += 1) backoff.failed(`k${i}`);
  assert.equal(backoff.blockedFor('a'), 0);
});
