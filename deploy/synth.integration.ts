// What would be deployed: synthesised without an account and without a network, judged by the AWS Solutions rules, and its template read.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAllowed, type PolicyStatement } from './evaluate-policy.ts';

const isInstalled = existsSync(path.join(import.meta.dirname, 'node_modules', 'aws-cdk-lib'));
const skip = isInstalled ? false : 'the CDK is not installed: npm --prefix deploy install';

interface Statement extends PolicyStatement {
  readonly Sid?: string;
}
interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

describe('the stack', { skip }, () => {
  let outdir: string;
  let resources: Readonly<Record<string, Resource>>;
  before(async () => {
    outdir = await mkdtemp(path.join(tmpdir(), 'tessera-synth-'));
    const { createApp } = await import('./app.ts');
    // Throws where a rule of AwsSolutions is broken and not acknowledged.
    const assembly = createApp({ outdir }).synth();
    resources = (assembly.getStackArtifact('Tessera').template as { Resources: typeof resources }).Resources;
  });
  after(() => rm(outdir, { recursive: true, force: true }));

  const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
  const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
    ((Properties.PolicyDocument ?? Properties.KeyPolicy) as { Statement: readonly Statement[] }).Statement;
  const actionsOf = ({ Action }: Statement) => (typeof Action === 'string' ? [Action] : Action);
  const named = (type: string, part: string) => {
    const found = ofType(type).find(([name]) => name.includes(part));
    assert.ok(found, `${type} ${part}`);
    return found;
  };
  const identityPolicies = () => ofType('AWS::IAM::Policy').flatMap(([, policy]) => statementsOf(policy));

  it('breaks no rule of AwsSolutions but those that are acknowledged with a reason', async () => {
    const { acknowledged } = await import('./acknowledged-rules.ts');
    assert.equal(acknowledged.length, 7);
    for (const { at, reason } of acknowledged) assert.ok(reason.length > 30, at);
  });

  it('fails the synthesis for a wildcard that nobody acknowledged', async () => {
    const { createApp } = await import('./app.ts');
    const { Stack } = await import('aws-cdk-lib');
    const { PolicyStatement, Role, ServicePrincipal } = await import('aws-cdk-lib/aws-iam');
    const app = createApp({ outdir: path.join(outdir, 'broken') });
    const role = new Role(new Stack(app, 'Other'), 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    assert.throws(() => app.synth(), /Validation failed/);
  });

  it('allows no action by a wildcard, and everything for what cannot be narrowed only', () => {
    const wide = identityPolicies().filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*');
    assert.deepEqual([...new Set(wide.map(({ Sid }) => Sid))].sort(), ['LogsOfExecutions', 'Traces']);
    for (const statement of identityPolicies())
      for (const action of actionsOf(statement)) assert.doesNotMatch(action, /\*/, statement.Sid);
    assert.deepEqual(
      ofType('AWS::IAM::Role').flatMap(([name, { Properties }]) => (Properties.ManagedPolicyArns ? [name] : [])),
      [],
      'no managed policy',
    );
  });

  it('refuses anything but TLS at every bucket, queue and topic', () => {
    for (const [store, policy, property] of [
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
      ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
      ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
    ] as const) {
      const stores = ofType(store);
      assert.ok(stores.length > 0, store);
      for (const [name] of stores) {
        const denials = ofType(policy)
          .filter(([, { Properties }]) => JSON.stringify(Properties[property]).includes(`"${name}"`))
          .flatMap(([, one]) => statementsOf(one))
          .filter(({ Effect, Condition }) => Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false');
        assert.equal(denials.length, 1, name);
      }
    }
  });

  it('keeps every bucket closed and encrypted, the lake versioned, the audit trail locked', () => {
    for (const [name, { Properties }] of ofType('AWS::S3::Bucket')) {
      assert.deepEqual(
        Object.values(Properties.PublicAccessBlockConfiguration as object),
        [true, true, true, true],
        name,
      );
      assert.ok(Properties.BucketEncryption, name);
    }
    const [, lake] = named('AWS::S3::Bucket', 'Lake');
    assert.match(JSON.stringify(lake.Properties), /"SSEAlgorithm":"aws:kms"/);
    assert.deepEqual(lake.Properties.VersioningConfiguration, { Status: 'Enabled' });
    assert.match(
      JSON.stringify(lake.Properties.LifecycleConfiguration),
      /AbortIncompleteMultipartUpload.*NoncurrentVersionExpiration/,
    );
    const [, audit] = named('AWS::S3::Bucket', 'Audit');
    assert.match(JSON.stringify(audit.Properties.ObjectLockConfiguration), /"Mode":"COMPLIANCE"/);
  });

  it('reaches a tenant’s data by the tenant’s session only', () => {
    const [, role] = named('AWS::IAM::Role', 'TenantsRole');
    const trust = (role.Properties.AssumeRolePolicyDocument as { Statement: readonly Statement[] }).Statement;
    assert.equal(trust.length, 2, 'the stages and the stage that parks');
    for (const { Condition, Action } of trust) {
      assert.deepEqual([...actionsOf({ Action } as Statement)].sort(), ['sts:AssumeRole', 'sts:TagSession']);
      assert.deepEqual(Condition?.StringLike, { 'aws:RequestTag/tenant': '?*' });
      assert.deepEqual(Condition?.['ForAllValues:StringEquals'], { 'aws:TagKeys': ['tenant'] });
    }
    const [, policy] = named('AWS::IAM::Policy', 'TenantsRole');
    const tag = `\${aws:PrincipalTag/tenant}`;
    for (const { Sid, Resource, Condition } of statementsOf(policy)) {
      if (Sid === 'KeyOfTheBucket') assert.ok(Condition?.StringEquals?.['kms:ViaService']);
      else assert.ok(JSON.stringify([Resource, Condition]).includes(tag), Sid);
    }
    // Nobody else may touch an object outside platform/tenants/, use the tenants' key, or read a secret.
    const others = ofType('AWS::IAM::Policy').filter(([name]) => !name.includes('TenantsRole'));
    for (const [name, one] of others)
      for (const statement of statementsOf(one)) {
        const actions = actionsOf(statement).join();
        assert.doesNotMatch(actions, /secretsmanager:|s3:(Put|Delete)/, name);
        if (actions.includes('s3:GetObject'))
          assert.match(JSON.stringify(statement.Resource), /platform\/tenants\/\*/, name);
        if (actions.includes('kms:')) assert.ok(statement.Condition?.StringEquals?.['kms:ViaService'], name);
      }
    const [, master] = named('AWS::KMS::Key', 'Master');
    const denial = statementsOf(master).find(({ Sid }) => Sid === 'NothingWithoutATenant');
    assert.deepEqual(
      [denial?.Effect, denial?.Condition],
      ['Deny', { Null: { 'kms:EncryptionContext:tenant': 'true' } }],
    );
  });

  it('decides as the table says, for a session of acme', () => {
    const statements = statementsOf(named('AWS::IAM::Policy', 'TenantsRole')[1]);
    const [lakeName] = named('AWS::S3::Bucket', 'Lake');
    const [masterName] = named('AWS::KMS::Key', 'Master');
    const secret = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:tessera/';
    const lake = (key: string) => `<${lakeName}.Arn>/${key}`;
    const kms = (tenant: string) => ({
      'kms:EncryptionContext:application': 'tessera',
      'kms:EncryptionContext:tenant': tenant,
    });
    const list = (prefix: string) => ({ 's3:prefix': prefix });
    const table: readonly (readonly [boolean, string, string, Readonly<Record<string, string>>?])[] = [
      [true, 's3:GetObject', lake('tenant-acme/raw/a')],
      [true, 's3:PutObject', lake('tenant-acme/gold/t/_delta_log/0.json')],
      [false, 's3:GetObject', lake('tenant-globex/raw/a')],
      [false, 's3:GetObject', lake('tenant-acme-2/raw/a')],
      [false, 's3:PutObject', lake('tenant-acme')],
      [true, 's3:GetObject', lake('platform/tenants/acme.json')],
      [false, 's3:PutObject', lake('platform/tenants/acme.json')],
      [false, 's3:GetObject', lake('platform/tenants/globex.json')],
      [true, 's3:PutObject', lake('platform/keys/acme.json')],
      [false, 's3:DeleteObject', lake('platform/keys/acme.json')],
      [false, 's3:GetObject', lake('platform/keys/globex.json')],
      [false, 's3:DeleteObjectVersion', lake('tenant-acme/raw/a')],
      [false, 's3:GetObject', 'arn:aws:s3:::elsewhere/tenant-acme/raw/a'],
      [true, 's3:ListBucket', `<${lakeName}.Arn>`, list('tenant-acme/raw/')],
      [false, 's3:ListBucket', `<${lakeName}.Arn>`, list('tenant-')],
      [false, 's3:ListBucket', `<${lakeName}.Arn>`, list('tenant-acme')],
      [false, 's3:ListBucket', `<${lakeName}.Arn>`, list('platform/keys/')],
      [false, 's3:ListBucket', `<${lakeName}.Arn>`],
      [true, 'kms:Decrypt', `<${masterName}.Arn>`, kms('acme')],
      [false, 'kms:Decrypt', `<${masterName}.Arn>`, kms('globex')],
      [false, 'kms:Decrypt', `<${masterName}.Arn>`],
      [false, 'kms:ScheduleKeyDeletion', `<${masterName}.Arn>`, kms('acme')],
      [true, 'secretsmanager:GetSecretValue', `${secret}acme/okta-AbCdEf`],
      [false, 'secretsmanager:GetSecretValue', `${secret}globex/okta-AbCdEf`],
      [false, 'secretsmanager:PutSecretValue', `${secret}acme/okta-AbCdEf`],
    ];
    for (const [allowed, action, resource, more = {}] of table) {
      const said = `${action} ${resource} ${JSON.stringify(more)}`;
      const context = { 'aws:PrincipalTag/tenant': 'acme', ...more };
      assert.equal(isAllowed(statements, { action, resource, context }), allowed, said);
      assert.equal(isAllowed(statements, { action, resource, context: more }), false, `${said} without a tag`);
    }
  });

  it('gives each function the role of its kind: only the one that parks may send dead letters, only the dispatcher starts runs', () => {
    const roleOf = ([, { Properties }]: readonly [string, Resource]) =>
      (Properties.Role as { 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'][0] ?? '';
    const functions = ofType('AWS::Lambda::Function');
    assert.equal(functions.length, 10);
    const kinds = Map.groupBy(functions, roleOf);
    assert.deepEqual(
      [...kinds.values()].map((members) => members.length).sort((a, b) => a - b),
      [1, 1, 8],
    );
    const mayDo = (role: string) =>
      ofType('AWS::IAM::Policy')
        .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(role))
        .flatMap(([, policy]) => statementsOf(policy).flatMap(actionsOf))
        .filter((action) => !/^(logs|xray|kms):/.test(action))
        .sort();
    const rights = Object.fromEntries(
      [...kinds].map(([role, members]) => [
        members.length > 1 ? 'stages' : String(members[0]?.[1].Properties.Description),
        mayDo(role),
      ]),
    );
    assert.deepEqual(rights, {
      stages: ['sts:AssumeRole', 'sts:TagSession'],
      'Tessera: park': ['sqs:SendMessage', 'sts:AssumeRole', 'sts:TagSession'],
      'Tessera: dispatch': [
        's3:GetObject',
        's3:ListBucket',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
        'states:ListExecutions',
        'states:StartExecution',
      ],
    });
  });

  it('deploys the very document of the pipeline, each placeholder filled with a function that exists', async () => {
    const [, { Properties }] = named('AWS::StepFunctions::StateMachine', 'StateMachine');
    const text = await readFile(path.join(import.meta.dirname, '..', 'pipeline', 'state-machine.asl.json'), 'utf8');
    assert.equal(Properties.DefinitionString, text);
    const filled = Properties.DefinitionSubstitutions as Record<string, { 'Fn::GetAtt': readonly string[] }>;
    const wanted = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ''));
    assert.deepEqual(Object.keys(filled).sort(), [...wanted].sort());
    for (const [
      name,
      {
        'Fn::GetAtt': [target = ''],
      },
    ] of Object.entries(filled)) {
      assert.equal(resources[target]?.Type, 'AWS::Lambda::Function', name);
      assert.match(
        JSON.stringify(resources[target]?.Properties.ImageConfig),
        new RegExp(`handlers\\.${name[0]?.toLowerCase()}${name.slice(1, -'FunctionArn'.length)}"`),
      );
    }
    assert.deepEqual(Properties.TracingConfiguration, { Enabled: true });
    assert.match(JSON.stringify(Properties.LoggingConfiguration), /"IncludeExecutionData":false.*"Level":"ALL"/);
  });

  it('starts every quarter of an hour, keeps what failed, and wakes somebody', () => {
    const [, schedule] = named('AWS::Scheduler::Schedule', 'EveryQuarter');
    assert.equal(schedule.Properties.ScheduleExpression, 'cron(0/15 * * * ? *)');
    assert.match(JSON.stringify(schedule.Properties.Target), /DeadLetterConfig.*RetryPolicy/);
    const [, wake] = named('AWS::SQS::Queue', 'Wake');
    assert.match(JSON.stringify(wake.Properties.RedrivePolicy), /DeadLetters/);
    const alarms = ofType('AWS::CloudWatch::Alarm');
    assert.equal(alarms.length, 6 + 2 * 10);
    for (const [name, { Properties }] of alarms) assert.ok(Properties.AlarmActions, name);
    assert.equal(ofType('AWS::Budgets::Budget').length, 1);
    for (const [name, { Properties }] of ofType('AWS::Logs::LogGroup')) assert.ok(Properties.KmsKeyId, name);
  });
});
