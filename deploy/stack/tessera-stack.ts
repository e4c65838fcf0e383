// The pipeline of all tenants on AWS: stores, keys, functions, the state machine, what starts it and what watches it.
import path from 'node:path';
import { Aspects, Stack, type StackProps, Tag } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Functions, functionRole } from './functions.ts';
import { Keys } from './keys.ts';
import { Pipeline } from './pipeline.ts';
import { Queues } from './queues.ts';
import { Stores } from './stores.ts';
import { TenantRole } from './tenant-role.ts';

export interface TesseraStackProps extends StackProps {
  readonly alarmEmail: string;
  readonly monthlyBudgetUsd: number;
}

const checkout = path.join(import.meta.dirname, '..', '..');

export class TesseraStack extends Stack {
  constructor(scope: Construct, id: string, props: TesseraStackProps) {
    super(scope, id, props);
    const keys = new Keys(this, 'Keys');
    const stores = new Stores(this, 'Stores', { key: keys.storage });
    const queues = new Queues(this, 'Queues', { key: keys.storage });
    const stageRole = functionRole(this, 'StageRole');
    const dispatchRole = functionRole(this, 'DispatchRole');
    const tenants = new TenantRole(this, 'Tenants', {
      lake: stores.lake,
      storageKey: keys.storage,
      masterKey: keys.master,
      assumedBy: stageRole,
    });
    const functions = new Functions(this, 'Functions', {
      key: keys.storage,
      checkout,
      stageRole,
      dispatchRole,
      environment: {
        TESSERA_LAKE: `s3://${stores.lake.bucketName}`,
        TESSERA_AUDIT_LAKE: `s3://${stores.audit.bucketName}`,
        TESSERA_TENANT_ROLE: tenants.role.roleArn,
        TESSERA_KMS_KEY: keys.master.keyArn,
        TESSERA_DEAD_LETTERS: queues.deadLetters.queueUrl,
        TESSERA_METRICS: 'emf',
        TESSERA_HOME: '/tmp/tessera',
      },
    });
    stageRole.addToPolicy(
      new PolicyStatement({
        sid: 'BecomeATenantsSession',
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        resources: [tenants.role.roleArn],
      }),
    );
    queues.deadLetters.grantSendMessages(stageRole);
    stores.audit.grantPut(stageRole);
    stores.lake.grantRead(dispatchRole, 'platform/tenants/*');

    const pipeline = new Pipeline(this, 'Pipeline', {
      key: keys.storage,
      definition: path.join(checkout, 'pipeline', 'state-machine.asl.json'),
      stages: functions.stages,
      dispatch: functions.dispatch,
      deadLetters: queues.deadLetters,
      wake: queues.wake,
    });
    new Alarms(this, 'Alarms', {
      key: keys.storage,
      email: props.alarmEmail,
      monthlyBudgetUsd: props.monthlyBudgetUsd,
      stateMachine: pipeline.stateMachine,
      deadLetters: queues.deadLetters,
      functions: { ...functions.stages, dispatch: functions.dispatch },
    });
    Aspects.of(this).add(new Tag('application', 'tessera'));
  }
}
