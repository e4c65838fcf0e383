// Queues: what failed for good, and what vendors pushed. Both encrypted, both refuse anything but TLS.
import { Duration } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export class Queues extends Construct {
  /** Stages that gave up, and dispatches that could not be delivered. */
  readonly deadLetters: Queue;
  /** Tenants to run now, because a vendor pushed something for them. */
  readonly wake: Queue;

  constructor(scope: Construct, id: string, { key }: { readonly key: Key }) {
    super(scope, id);
    const closed = { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true } as const;
    this.deadLetters = new Queue(this, 'DeadLetters', { ...closed, retentionPeriod: Duration.days(14) });
    this.wake = new Queue(this, 'Wake', {
      ...closed,
      // Longer than the dispatcher may run, so that nothing is delivered twice while it works.
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
  }
}
