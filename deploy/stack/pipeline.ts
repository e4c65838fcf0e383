// The state machine, from the very document that runs in process, and what starts it.
import { readFileSync } from 'node:fs';
import type { TaskName } from '@tessera/pipeline';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { capitalised } from './functions.ts';

export interface StateMachineNeeds {
  readonly key: Key;
  /** Path of the Amazon States Language document. */
  readonly definition: string;
  readonly stages: Readonly<Record<TaskName, IFunction>>;
  readonly role: Role;
}

/** The document as it is; only the functions' ARNs are filled in, by CloudFormation. */
export function pipelineStateMachine(scope: Construct, needs: StateMachineNeeds): StateMachine {
  const { key, definition, stages, role } = needs;
  return new StateMachine(scope, 'StateMachine', {
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(readFileSync(definition, 'utf8')),
    definitionSubstitutions: Object.fromEntries(
      Object.entries(stages).map(([name, { functionArn }]) => [`${capitalised(name)}FunctionArn`, functionArn]),
    ),
    role: role.withoutPolicyUpdates(),
    timeout: Duration.hours(2),
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'Executions', {
        // Step Functions' log delivery writes to groups of this prefix without widening a resource policy each time.
        logGroupName: '/aws/vendedlogs/states/tessera',
        retention: RetentionDays.THREE_MONTHS,
        encryptionKey: key,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
      level: LogLevel.ALL,
      // Inputs and outputs are references, but references of tenants: they stay out of the logs.
      includeExecutionData: false,
    },
  });
}

export interface StartsNeeds {
  readonly dispatch: IFunction;
  readonly role: Role;
  readonly deadLetters: Queue;
  readonly wake: Queue;
}

/** What calls the dispatcher: the clock, and the queue of tenants that a vendor pushed something for. */
export class Starts extends Construct {
  constructor(scope: Construct, id: string, { dispatch, role, deadLetters, wake }: StartsNeeds) {
    super(scope, id);
    const schedule = new CfnSchedule(this, 'EveryQuarter', {
      description: 'One dispatch every 15 minutes; the dispatcher starts an execution for each tenant that is due',
      scheduleExpression: 'cron(0/15 * * * ? *)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: dispatch.functionArn,
        roleArn: role.roleArn,
        // The instant that it was due at, so that a repeated call is about the same quarter.
        input: JSON.stringify({ at: '<aws.scheduler.scheduled-time>' }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 600 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
    schedule.node.addDependency(role);
    dispatch.addEventSource(new SqsEventSource(wake, { batchSize: 10, reportBatchItemFailures: true }));
  }
}
