// Where a connection may not lead: by address, by name, by the name's other spellings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vendorReach } from './vendor-reach.ts';

const refused = [
  ...[
    'http://169.254.169.254/latest/meta-data',
    'https://127.0.0.1',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
  ],
  ...[
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://10.0.0.8',
    'https://0.0.0.0/',
  ],
  ...['file:///etc/passwd', 'gopher://vendor.test/', 'https://acme.okta.com@127.0.0.1/', 'https://user@acme.okta.com/'],
  ...['https://[64:ff9b::a9fe:a9fe]/', 'https://[fe80::1]/', 'https://[fd00:ec2::254]/', 'nonsense'],
];
for (const url of refused)
  test(`attack 150: ${url} is refused`, () => {
    assert.throws(() => vendorReach([]).check(url), { code: 'VENDOR_ADDRESS_REFUSED' });
  });

const lookedUp = (networks: readonly string[], name: string) =>
  new Promise((resolve, reject) =>
    vendorReach(networks).lookup(name, { all: false }, (error, address) => (error ? reject(error) : resolve(address))),
  );

test('attack 150: a name is judged by the address that is connected to, whatever it was before', async () => {
  await assert.rejects(lookedUp([], 'localhost'), { code: 'VENDOR_ADDRESS_REFUSED' });
  assert.ok(await lookedUp(['127.0.0.0/8', '::1/128'], 'localhost'));
});

test('a network that the operator allows may be called, the metadata service never', () => {
  const reach = vendorReach(['10.1.0.0/16', '169.254.0.0/16']);
  assert.equal(reach.check('https://10.1.2.3:9200/x').port, '9200');
  assert.throws(() => reach.check('https://10.2.0.1/'), { code: 'VENDOR_ADDRESS_REFUSED' });
  assert.throws(() => reach.check('http://169.254.169.254/'), { code: 'VENDOR_ADDRESS_REFUSED' });
});
