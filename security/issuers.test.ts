// The file of issuers: what is taken, and what is refused by place.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parseIssuers, readIssuers } from './index.ts';

const good = {
  issuer: 'https://acme.okta.com/oauth2/default',
  audience: 'api://tessera',
  clients: ['a'],
  tenants: ['acme-corp'],
};

test('the example of the documentation is a file that is taken', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../docs/how-to/connect-okta.md'), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  assert.equal(parseIssuers(JSON.parse(example), 'the example').length, 2);
});

test('issuers are read with the tenants that they speak for, and an absent file is none', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'issuers-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'issuers.json');
  assert.equal(await readIssuers(file), undefined);
  await writeFile(file, JSON.stringify([good, { ...good, issuer: 'http://127.0.0.1:4100/oidc', tenants: '*' }]));
  assert.deepEqual(
    (await readIssuers(file))?.map(({ tenants }) => tenants),
    [['acme-corp'], '*'],
  );
  await writeFile(file, '[{');
  await assert.rejects(readIssuers(file), { code: 'ISSUERS_INVALID', message: /issuers\.json.*not JSON/ });
});

const wrongs: Readonly<Record<string, [unknown, RegExp]>> = {
  'no issuer at all': [[], /at \(top\)/],
  'an issuer over plain http': [[{ ...good, issuer: 'http://acme.okta.com' }], /at 0\.issuer: must be https/],
  'an issuer with a user in it': [[{ ...good, issuer: 'https://u:p@acme.okta.com' }], /at 0\.issuer/],
  'no tenants: it would speak for nobody, or by mistake for all': [[{ ...good, tenants: [] }], /at 0\.tenants/],
  'tenants left out': [[{ ...good, tenants: undefined }], /at 0\.tenants/],
  'a tenant that is none': [[{ ...good, tenants: ['Acme'] }], /at 0\.tenants/],
  'no client': [[{ ...good, clients: [] }], /at 0\.clients/],
  'an empty audience': [[{ ...good, audience: '' }], /at 0\.audience/],
  'a field of another name': [[{ ...good, jwksUri: 'https://evil.tld' }], /jwksUri/],
  'an issuer twice': [[good, good], /listed twice/],
};
for (const [what, [value, message]] of Object.entries(wrongs)) {
  test(`${what} is refused with the place`, () => {
    assert.throws(() => parseIssuers(value, 'issuers.json'), { code: 'ISSUERS_INVALID', message });
  });
}
