// Whose word on an address is taken: the trusted proxies' own, hop by hop from the end, and never what a caller wrote before them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { createClientAddress } from './client-address.ts';
import { readSettings } from './settings.ts';

const proxies = ['10.0.0.0/8', '2001:db8:1::/48'];
const from = (peer: string | undefined, forwarded: string | undefined, trusted: readonly string[] = proxies) =>
  createClientAddress(trusted)({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: peer },
  });

test('a decision table of peers and what they forward', () => {
  const rows: readonly (readonly [
    about: string,
    peer: string | undefined,
    header: string | undefined,
    is: string | undefined,
  ])[] = [
    ['nobody in between', '203.0.113.9', undefined, '203.0.113.9'],
    ['a stranger who says that he is another', '203.0.113.9', '192.0.2.1', '203.0.113.9'],
    ['a stranger who says that he is the proxy', '203.0.113.9', '10.0.0.1', '203.0.113.9'],
    ['the proxy tells whom it heard', '10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['who wrote the header himself before the proxy did', '10.0.0.1', '198.51.100.7, 192.0.2.1', '192.0.2.1'],
    ['who wrote the names of proxies himself', '10.0.0.1', '198.51.100.7, 10.0.0.9, 192.0.2.1', '192.0.2.1'],
    ['two proxies in a row', '10.0.0.1', '198.51.100.7, 192.0.2.1, 10.9.9.9', '192.0.2.1'],
    ['somebody of the proxies’ own network', '10.0.0.1', '10.2.3.4', '10.2.3.4'],
    ['a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that says nothing useful', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['junk of the caller is not read', '10.0.0.1', '<script>, 192.0.2.1', '192.0.2.1'],
    ['nothing before junk is read', '10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
    ['nothing before an empty hop is read', '10.0.0.1', '198.51.100.7,', '10.0.0.1'],
    ['a number that is no address', '10.0.0.1', '3232235777', '10.0.0.1'],
    ['an address with a port', '10.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
    ['IPv4 as a socket of both kinds writes it', '::ffff:10.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
    ['IPv6', '2001:db8:1::1', '2001:db8:2::7', '2001:db8:2::7'],
    ['IPv6 in brackets, with a port', '2001:db8:1::1', '[2001:db8:2::7]:443', '2001:db8:2::7'],
    ['a connection that has gone', undefined, '192.0.2.1', undefined],
  ];
  for (const [about, peer, header, is] of rows) assert.equal(from(peer, header), is, about);
  assert.equal(from('10.0.0.1', '192.0.2.1', []), '10.0.0.1', 'nobody is trusted');
});

test('what a caller writes before what a trusted proxy added never changes his address', () => {
  fc.assert(
    fc.property(fc.string(), (said) => {
      assert.equal(from('10.0.0.1', `${said}, 192.0.2.1`), '192.0.2.1');
      assert.equal(from('203.0.113.9', said), '203.0.113.9');
    }),
  );
});

test('headers that are sent twice are read as one list', async (t) => {
  const clientAddress = createClientAddress(['127.0.0.0/8']);
  const server = createServer((request, response) => response.end(clientAddress(request))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const headers = new Headers({ 'x-forwarded-for': '198.51.100.7' });
  headers.append('x-forwarded-for', '192.0.2.1');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers });
  assert.equal(await answer.text(), '192.0.2.1');
});

test('proxies are named by ranges, and nobody is trusted where none is', () => {
  assert.deepEqual(readSettings({}).trustedProxies, []);
  assert.deepEqual(readSettings({ TESSERA_TRUSTED_PROXIES: '10.0.0.1/32, ::1/128' }).trustedProxies, [
    '10.0.0.1/32',
    '::1/128',
  ]);
  for (const wrong of ['10.0.0.1', '*', 'true', 'proxy.example'])
    assert.throws(() => readSettings({ TESSERA_TRUSTED_PROXIES: wrong }), { code: 'SETTING_INVALID' });
});
