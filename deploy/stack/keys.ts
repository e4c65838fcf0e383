// Keys of the service: one for what lies in buckets and queues, one that wraps the data keys of tenants and can be used only with a tenant's name beside it.
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export class Keys extends Construct {
  /** Encrypts buckets, queues, topics and logs. */
  readonly storage: Key;
  /** Wraps the data key of each tenant (security/keys); the encryption context names the tenant. */
  readonly master: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.storage = new Key(this, 'Storage', {
      description: 'Tessera: objects, queues and logs',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.master = new Key(this, 'Master', {
      description: 'Tessera: wraps the data keys of tenants',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Services of this account that write by themselves, and for which no role stands.
    this.storage.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogGroupsOfThisAccount',
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`,
          },
        },
      }),
    );
    this.storage.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    this.master.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NothingWithoutATenant',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
        resources: ['*'],
        conditions: { Null: { 'kms:EncryptionContext:tenant': 'true' } },
      }),
    );
  }
}

/** Of this account alone: what a service may do on our behalf. */
export const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } as const;
