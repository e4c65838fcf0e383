// The one role that reaches tenants' data. Who assumes it must say for which tenant, and then it reaches that tenant's prefix, key and secrets only.
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { CompositePrincipal, type IPrincipal, Role, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { allow, keyThrough } from './roles.ts';

/** IAM fills in the session tag. A session without it reaches nothing: the statement then matches no request at all. */
const ofTenant = `\${aws:PrincipalTag/tenant}`;

export interface TenantRoleNeeds {
  readonly lake: Bucket;
  readonly storageKey: Key;
  readonly masterKey: Key;
  readonly assumedBy: readonly IPrincipal[];
}

export class TenantRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { lake, storageKey, masterKey, assumedBy }: TenantRoleNeeds) {
    super(scope, id);
    const named = (principal: IPrincipal) =>
      new SessionTagsPrincipal(principal).withConditions({
        // No session without a tenant, none whose tenant could step out of its folder, and no other tags.
        StringLike: { 'aws:RequestTag/tenant': '?*' },
        StringNotLike: { 'aws:RequestTag/tenant': '*/*' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['tenant'] },
      });
    this.role = new Role(this, 'Role', {
      description: 'Reaches the data of the tenant that the session names, and nothing else',
      assumedBy: new CompositePrincipal(...assumedBy.map(named)),
      maxSessionDuration: Duration.hours(1),
    });
    allow(this.role, 'ObjectsOfTheTenant', {
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: [lake.arnForObjects(`tenant-${ofTenant}/*`)],
    });
    // Whether an object is missing is told only to who may list it. The prefix ends with a slash, so that one tenant's name may begin another's.
    allow(this.role, 'ListTheTenantsPrefix', {
      actions: ['s3:ListBucket'],
      resources: [lake.bucketArn],
      conditions: {
        StringLike: {
          's3:prefix': [`tenant-${ofTenant}/*`, `platform/keys/${ofTenant}.json`, `platform/tenants/${ofTenant}.json`],
        },
      },
    });
    allow(this.role, 'ConfigurationOfTheTenant', {
      actions: ['s3:GetObject'],
      resources: [lake.arnForObjects(`platform/tenants/${ofTenant}.json`)],
    });
    // Made once and never changed by a stage: put-if-absent, and the bucket keeps versions.
    allow(this.role, 'WrappedKeyOfTheTenant', {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [lake.arnForObjects(`platform/keys/${ofTenant}.json`)],
    });
    allow(
      this.role,
      'KeyOfTheBucket',
      keyThrough(storageKey, ['kms:Decrypt', 'kms:GenerateDataKey'], 's3', 'secretsmanager'),
    );
    allow(this.role, 'DataKeyOfTheTenant', {
      actions: ['kms:Encrypt', 'kms:Decrypt'],
      resources: [masterKey.keyArn],
      conditions: {
        StringEquals: { 'kms:EncryptionContext:application': 'tessera', 'kms:EncryptionContext:tenant': ofTenant },
      },
    });
    allow(this.role, 'SecretsOfTheTenant', {
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
