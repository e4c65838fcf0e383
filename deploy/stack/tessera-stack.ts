// The pipeline of all tenants on AWS: stores, keys, functions, the state machine, what starts it and what watches it.
import path from 'node:path';
import { Aspects, CfnOutput, Fn, Stack, type StackProps, Tag } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Functions } from './functions.ts';
import { Keys } from './keys.ts';
import { pipelineStateMachine, Starts } from './pipeline.ts';
import { Queues } from './queues.ts';
import { allow, keyThrough, Roles } from './roles.ts';
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
    const roles = new Roles(this, 'Roles');
    const tenants = new TenantRole(this, 'Tenants', {
      lake: stores.lake,
      storageKey: keys.storage,
      masterKey: keys.master,
      assumedBy: [roles.stage, roles.park],
    });
    const functions = new Functions(this, 'Functions', {
      key: keys.storage,
      checkout,
      stageRole: roles.stage,
      parkRole: roles.park,
      dispatchRole: roles.dispatch,
      environment: {
        TESSERA_LAKE: `s3://${stores.lake.bucketName}`,
        TESSERA_TENANT_ROLE: tenants.role.roleArn,
        TESSERA_KMS_KEY: keys.master.keyArn,
        TESSERA_DEAD_LETTERS: queues.deadLetters.queueUrl,
        // The one place that a function may write to.
        TESSERA_HOME: '/tmp/tessera',
      },
      dispatchEnvironment: { TESSERA_WAKE: queues.wake.queueUrl },
    });
    const stateMachine = pipelineStateMachine(this, {
      key: keys.storage,
      definition: path.join(checkout, 'pipeline', 'state-machine.asl.json'),
      stages: functions.stages,
      role: roles.stateMachine,
    });
    functions.dispatch.addEnvironment('TESSERA_STATE_MACHINE', stateMachine.stateMachineArn);

    for (const role of [roles.stage, roles.park])
      allow(role, 'BecomeATenantsSession', {
        actions: ['sts:AssumeRole', 'sts:TagSession'],
        resources: [tenants.role.roleArn],
      });
    const forQueues = (...actions: string[]) => keyThrough(keys.storage, actions, 'sqs');
    allow(roles.park, 'DeadLetters', { actions: ['sqs:SendMessage'], resources: [queues.deadLetters.queueArn] });
    allow(roles.park, 'KeyOfTheQueues', forQueues('kms:Decrypt', 'kms:GenerateDataKey'));

    allow(roles.dispatch, 'NamesOfTenants', {
      actions: ['s3:ListBucket'],
      resources: [stores.lake.bucketArn],
      conditions: { StringEquals: { 's3:prefix': 'platform/tenants/' } },
    });
    allow(roles.dispatch, 'ConfigurationsOfTenants', {
      actions: ['s3:GetObject'],
      resources: [stores.lake.arnForObjects('platform/tenants/*')],
    });
    allow(roles.dispatch, 'KeyOfTheBucket', keyThrough(keys.storage, ['kms:Decrypt'], 's3'));
    allow(roles.dispatch, 'StartRuns', {
      actions: ['states:StartExecution', 'states:ListExecutions'],
      resources: [stateMachine.stateMachineArn],
    });
    allow(roles.dispatch, 'Wake', {
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
        'sqs:SendMessage',
      ],
      resources: [queues.wake.queueArn],
    });
    allow(roles.dispatch, 'KeyOfTheQueues', forQueues('kms:Decrypt', 'kms:GenerateDataKey'));

    allow(roles.stateMachine, 'CallStages', {
      actions: ['lambda:InvokeFunction'],
      resources: Object.values(functions.stages).map(({ functionArn }) => functionArn),
    });
    allow(roles.schedule, 'CallDispatcher', {
      actions: ['lambda:InvokeFunction'],
      resources: [functions.dispatch.functionArn],
    });
    allow(roles.schedule, 'DeadLetters', { actions: ['sqs:SendMessage'], resources: [queues.deadLetters.queueArn] });
    allow(roles.schedule, 'KeyOfTheQueues', forQueues('kms:Decrypt', 'kms:GenerateDataKey'));

    const starts = new Starts(this, 'Starts', {
      dispatch: functions.dispatch,
      role: roles.schedule,
      deadLetters: queues.deadLetters,
      wake: queues.wake,
    });
    // The mapping of the queue is refused where the role may not read it yet.
    starts.node.addDependency(roles);
    functions.dispatch.node.children
      .filter(({ node }) => node.id.startsWith('SqsEventSource'))
      .forEach((mapping) => {
        mapping.node.addDependency(roles.dispatch);
      });
    new Alarms(this, 'Alarms', {
      key: keys.storage,
      email: props.alarmEmail,
      monthlyBudgetUsd: props.monthlyBudgetUsd,
      stateMachine,
      deadLetters: queues.deadLetters,
      functions: { ...functions.stages, dispatch: functions.dispatch },
    });
    Aspects.of(this).add(new Tag('application', 'tessera'));
    for (const [name, value] of Object.entries({
      Lake: Fn.join('', ['s3://', stores.lake.bucketName]),
      AuditBucket: stores.audit.bucketName,
      TenantRole: tenants.role.roleArn,
      MasterKey: keys.master.keyArn,
      StorageKey: keys.storage.keyArn,
      StateMachineArn: stateMachine.stateMachineArn,
      WakeQueue: queues.wake.queueUrl,
      DeadLetterQueue: queues.deadLetters.queueUrl,
    }))
      new CfnOutput(this, name, { value });
  }
}
