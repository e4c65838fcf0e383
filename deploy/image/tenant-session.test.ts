// A tenant's session: which role it asks for, with which tag, how often, and that a tenant's requests are signed by it and by nothing else.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { must, parseTenant } from '@tessera/base';
import { tenantSession } from './tenant-session.ts';

test('a session names its tenant, is asked for once while it is good, and signs what is asked of S3', async (t) => {
  const asked: URLSearchParams[] = [];
  const signedBy: string[] = [];
  let minutesLeft = 60;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'GET') {
      signedBy.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '');
      return void response.end('x');
    }
    asked.push(new URLSearchParams(body));
    const expires = new Date(Date.now() + minutesLeft * 60_000).toISOString();
    response.writeHead(200, { 'content-type': 'text/xml' }).end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>SESSION${asked.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>${expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'FUNCTION',
    AWS_SECRET_ACCESS_KEY: 'test',
  });

  const role = 'arn:aws:iam::123456789012:role/tessera-tenants';
  const session = tenantSession(role, must(parseTenant('acme-corp')));
  const read = () => new S3Client({ credentials: session }).send(new GetObjectCommand({ Bucket: 'lake', Key: 'a' }));
  await read();
  await read();
  assert.equal(asked.length, 1);
  const facts = ['RoleArn', 'RoleSessionName', 'Tags.member.1.Key', 'Tags.member.1.Value', 'Tags.member.2.Key'];
  assert.deepEqual(
    facts.map((name) => asked[0]?.get(name)),
    [role, 'tessera-acme-corp', 'tenant', 'acme-corp', null],
  );

  minutesLeft = 10;
  const short = tenantSession(role, must(parseTenant('globex-inc')));
  await short();
  await short();
  assert.equal(asked.length, 3, 'one that may end before the function does is renewed');
  assert.equal(asked[2]?.get('Tags.member.1.Value'), 'globex-inc');
  assert.deepEqual(signedBy, ['SESSION1', 'SESSION1']);
});
