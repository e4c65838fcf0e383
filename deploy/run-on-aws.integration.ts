// A tenant's run on AWS services, as moto's server speaks them: Step Functions executes the very document and calls the real entries; S3, KMS, SQS, STS and Secrets Manager hold what they hold.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { must, parseTenant, readSettings } from '@tessera/base';
import { openLakes } from '@tessera/cli/open-lakes.ts';
import { type RunState, retryTable } from '@tessera/pipeline';
import { elasticsearchKey, healthyElasticsearch } from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../ingest/stub-vendor.ts';
import { startAws } from './aws-stand-in.ts';

const entries = await import('./image/handlers.ts');
const stages = Object.keys(retryTable);
let failNext: string | undefined;
const aws = await startAws(entries, (name) => {
  if (name !== failNext) return undefined;
  failNext = undefined;
  return { name: 'Lambda.TooManyRequestsException', message: 'Rate Exceeded.' };
});
const skip = aws ? false : 'moto_server is not on the path, or 127.0.0.2 is not to be had';
const acme = must(parseTenant('acme-corp'));

test('one document: Step Functions runs a tenant from its vendor to a release on S3', { skip }, async (t) => {
  assert.ok(aws);
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-aws-'));
  t.after(async () => {
    aws.close();
    await rm(home, { recursive: true, force: true });
  });
  let refuses = false;
  const vendor = await stubVendor(t, (call) =>
    refuses && call.path === '/_search' ? { status: 403, body: {} } : healthyElasticsearch(call),
  );

  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    TESSERA_HOME: path.join(home, 'function'),
    TESSERA_LAKE: 's3://tessera-lake',
    TESSERA_VENDOR_NETWORKS: '127.0.0.0/8',
    TESSERA_TENANT_ROLE: 'arn:aws:iam::123456789012:role/tessera-tenants',
  });
  const [s3, states, sqs] = [new S3Client({}), new SFNClient({}), new SQSClient({})];
  await post(`${aws.endpoint}/moto-api/config`, { stepfunctions: { execute_state_machine: true } });
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'tessera-lake',
      CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
    }),
  );
  const queue = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  const key = await new KMSClient({}).send(new CreateKeyCommand({}));
  const document = await readFile(path.join(import.meta.dirname, '..', 'pipeline', 'state-machine.asl.json'), 'utf8');
  // What CloudFormation does with the substitutions.
  const definition = document.replace(
    /\$\{(\w+)FunctionArn\}/g,
    (_, name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:tessera-${name.toLowerCase()}`,
  );
  const roleArn = 'arn:aws:iam::123456789012:role/tessera-states';
  const create = () => states.send(new CreateStateMachineCommand({ name: 'tessera', roleArn, definition }));
  const { stateMachineArn } = await create();
  const deadLetters = await queue('dead-letters');
  const wake = await queue('wake');
  Object.assign(process.env, {
    TESSERA_KMS_KEY: key.KeyMetadata?.KeyId,
    TESSERA_DEAD_LETTERS: deadLetters,
    TESSERA_WAKE: wake,
    TESSERA_STATE_MACHINE: stateMachineArn,
  });
  await new SecretsManagerClient({}).send(
    new CreateSecretCommand({ Name: 'tessera/acme-corp/elastic', SecretString: elasticsearchKey }),
  );
  const config = {
    tenant: acme,
    displayName: 'Acme',
    timeZone: 'Europe/Paris',
    orgId: 'acme-hq',
    connections: [
      { source: 'elasticsearch', settings: { url: vendor.url }, secrets: { apiKey: { sealed: 'elastic' } } },
    ],
  };
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'tessera-lake', Key, Body }));
  await put('platform/tenants/acme-corp.json', JSON.stringify(config));
  await put('platform/tenants/broken-inc.json', '{');

  const ended = async (name: string) => {
    for (let tries = 0; tries < 1500; tries++, await wait(200)) {
      const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
      const found = executions.find((one) => one.name === name);
      if (!found || found.status === 'RUNNING') continue;
      const { output, status } = await states.send(new DescribeExecutionCommand({ executionArn: found.executionArn }));
      const { events = [] } = await states.send(
        new GetExecutionHistoryCommand({ executionArn: found.executionArn, maxResults: 1000 }),
      );
      const visited = events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
      return { status, visited, state: JSON.parse(output ?? 'null') as RunState };
    }
    throw new Error(`${name} did not end`);
  };
  const objects = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'tessera-lake' }));
    return Contents.map(({ Key = '' }) => Key);
  };

  await t.test('the schedule starts who is due, once, and is not kept by a broken configuration', async () => {
    failNext = 'validate';
    const at = '2026-01-05T10:03:00Z';
    assert.deepEqual(await entries.dispatch({ at }), { started: [acme] });
    const run = await ended('acme-corp-20260105T1000');
    assert.equal(run.status, 'SUCCEEDED', JSON.stringify(run.state));
    assert.ok(run.state.notified?.release === 1 && run.state.notified.changed);
    for (const state of [
      'Plan',
      'Connect',
      'Fetch',
      'AnythingNew',
      'Stage',
      'Validate',
      'Merge',
      'Reconcile',
      'Notify',
    ])
      assert.ok(run.visited.includes(state), state);
    const validated = aws.calls.filter(({ name }) => name === 'validate').map(({ failed }) => failed);
    assert.deepEqual(validated, [true, false], 'throttled once, and retried by Step Functions');
    assert.deepEqual(await entries.dispatch({ at }), { started: [] });
  });

  await t.test('all of it is under the tenant’s prefix, sealed under a key that KMS wraps', async () => {
    const keys = await objects();
    assert.deepEqual(
      keys.filter((one) => !one.startsWith('tenant-acme-corp/')),
      ['platform/keys/acme-corp.json', 'platform/tenants/acme-corp.json', 'platform/tenants/broken-inc.json'],
    );
    for (const area of ['raw', 'bronze', 'silver', 'gold', 'releases'])
      assert.ok(
        keys.some((one) => one.startsWith(`tenant-acme-corp/${area}/`)),
        area,
      );
    const bodyOf = async (Key: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: 'tessera-lake', Key }))).Body?.transformToByteArray();
    const wrapped = JSON.parse(Buffer.from((await bodyOf('platform/keys/acme-corp.json')) ?? []).toString()) as object;
    assert.match(JSON.stringify(wrapped), new RegExp(`"master":"kms:.*${key.KeyMetadata?.KeyId}"`));
    const page = keys.find((one) => one.startsWith('tenant-acme-corp/raw/'));
    const raw = Buffer.from((await bodyOf(page ?? '')) ?? []).toString('latin1');
    assert.doesNotMatch(raw, /Failed password|198\.18/);
  });

  await t.test('the program reads the same lake where TESSERA_LAKE says so', async () => {
    const lakes = await openLakes(readSettings({ ...process.env, TESSERA_HOME: path.join(home, 'program') }));
    t.after(() => lakes.close());
    const lake = lakes.openLake(acme);
    const release = await lake.releases.latest();
    assert.equal(release?.number, 1);
    assert.ok(Object.keys(release?.tables ?? {}).length > 10);
    assert.ok(
      Object.values(release?.rows ?? {}).some((rows) => rows > 0),
      JSON.stringify(release?.rows),
    );
  });

  await t.test(
    'what is woken runs; what the vendor refuses is a dead letter in the lake and in the queue, and the last release stays',
    async () => {
      // moto cannot start a second execution of a state machine: it copies the first with its threads, and fails.
      await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
      await create();
      refuses = true;
      const messageId = '0b0ec6d8-7f7c-4f6d-8b8e-1f2d3c4b5a69';
      await sqs.send(new SendMessageCommand({ QueueUrl: wake, MessageBody: JSON.stringify({ tenant: acme }) }));
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: wake }));
      const body = Messages[0]?.Body ?? '';
      const answer = await entries.dispatch({
        Records: [
          { messageId, body },
          { messageId: 'bad', body: '{"tenant":"../x"}' },
        ],
      });
      assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: 'bad' }] });
      const run = await ended(`acme-corp-${messageId}`);
      assert.equal(run.status, 'SUCCEEDED');
      assert.ok(run.visited.includes('ParkFetch'));
      assert.equal(run.state.notified?.release, 1);
      const { Messages: letters = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters }));
      const letter = JSON.parse(letters[0]?.Body ?? '{}') as Record<string, unknown>;
      assert.deepEqual(
        [letter.tenant, letter.stage, letter.letter],
        ['acme-corp', 'fetch', 'fetch.elasticsearch.auth_logs'],
      );
      assert.ok((await objects()).some((one) => one.startsWith('tenant-acme-corp/dead-letter/fetch.elasticsearch')));
      assert.deepEqual(
        stages.filter((name) => !aws.calls.some((call) => call.name === name)),
        [],
        'every function was called',
      );
    },
  );
});

const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
