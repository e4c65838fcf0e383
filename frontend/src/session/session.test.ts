// Who is signed in, and where sign-in may lead.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAppConfig } from '../boot/app-config.ts';
import { safeReturn, sessionOf } from './session.ts';

type Signed = Parameters<typeof sessionOf>[0];
const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
const signed = (claims: object, profile: object = {}) => ({ access_token: token(claims), profile }) as Signed;

test('the tenant comes from the claims', () => {
  const session = sessionOf(signed({ tenant_id: 'acme-corp' }, { name: 'Zoë', email: 'zoe@acme-corp.example' }));
  assert.deepEqual([session?.tenant, session?.name], ['acme-corp', 'Zoë']);
});

test('a token without a tenant, or with an odd one, is no session', () => {
  for (const tenant_id of [undefined, '', '../x', 'Acme', ['acme-corp'], 7]) {
    assert.equal(sessionOf(signed({ tenant_id })), undefined);
  }
  assert.equal(sessionOf({ access_token: 'opaque', profile: {} } as Signed), undefined);
});

test('sign-in leads back to a page of a tenant and nowhere else', () => {
  assert.equal(safeReturn({ returnTo: '/t/acme-corp?last=90' }), '/t/acme-corp?last=90');
  for (const returnTo of [
    'https://evil.example/t/',
    '//evil.example',
    '/t/..//evil.example',
    '/\\evil.example',
    '/signed-out',
    7,
  ]) {
    assert.equal(safeReturn({ returnTo }), undefined);
  }
  assert.equal(safeReturn(undefined), undefined);
});

test('a configuration without a field is refused with its name', () => {
  const config = {
    issuer: 'http://127.0.0.1:4100/oidc',
    clientId: 'tessera-app',
    audience: 'api://tessera',
    apiUrl: '/cubejs-api/v1/',
  };
  assert.equal(parseAppConfig(config).cubeUrl, '/cubejs-api/v1');
  assert.throws(() => parseAppConfig({ ...config, issuer: undefined }), /no issuer/);
});
