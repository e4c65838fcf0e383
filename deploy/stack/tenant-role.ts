// The one role that reaches tenants' data. Who assumes it must say for which tenant, and then it reaches that tenant's prefix, key and secrets only.
import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Effect, type IPrincipal, PolicyStatement, Role, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** IAM fills in the session tag. A session without it reaches nothing: the variable then stays as it is and names no prefix. */
const ofTenant = `\${aws:PrincipalTag/tenant}`;

export interface TenantRoleNeeds {
  readonly lake: Bucket;
  readonly storageKey: Key;
  readonly masterKey: Key;
  readonly assumedBy: IPrincipal;
}

export class TenantRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { lake, storageKey, masterKey, assumedBy }: TenantRoleNeeds) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'Reaches the data of the tenant that the session names, and nothing else',
      assumedBy: new SessionTagsPrincipal(assumedBy).withConditions({
        // No session without a tenant, and no other tags.
        StringLike: { 'aws:RequestTag/tenant': '?*' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['tenant'] },
      }),
      maxSessionDuration: Duration.hours(1),
    });
    const allow = (sid: string, statement: Omit<ConstructorParameters<typeof PolicyStatement>[0] & object, 'sid'>) =>
      this.role.addToPolicy(new PolicyStatement({ sid, effect: Effect.ALLOW, ...statement }));

    allow('ObjectsOfTheTenant', {
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: [lake.arnForObjects(`tenant-${ofTenant}/*`)],
    });
    allow('ListTheTenantsPrefix', {
      actions: ['s3:ListBucket'],
      resources: [lake.bucketArn],
      conditions: { StringLike: { 's3:prefix': [`tenant-${ofTenant}/*`] } },
    });
    allow('KeyOfTheBucket', {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [storageKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } },
    });
    allow('DataKeyOfTheTenant', {
      actions: ['kms:Encrypt', 'kms:Decrypt'],
      resources: [masterKey.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:tenant': ofTenant } },
    });
    allow('SecretsOfTheTenant', {
      actions: ['secretsmanager:GetSecretValue'],
      resources: [
        Stack.of(this).formatArn({
          service: 'secretsmanager',
          resource: 'secret',
          resourceName: `tessera/${ofTenant}/*`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    });
  }
}
