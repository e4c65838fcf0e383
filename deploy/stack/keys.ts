// Keys of the service: one for what lies in buckets and queues, one that wraps the data keys of tenants and can be used only with a tenant's name beside it.
import { RemovalPolicy } from 'aws-cdk-lib';
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
  }
}
