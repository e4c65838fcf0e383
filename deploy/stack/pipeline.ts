// The state machine, from the very document that runs in process, and what starts it.
import { readFileSync } from 'node:fs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StageName } from './functions.ts';

export interface PipelineNeeds {
  readonly key: Key;
  /** Path of the Amazon States Language document. */
  readonly definition: string;
  readonly stages: Readonly<Record<StageName, IFunction>>;
  readonly dispatch: IFunction;
  readonly deadLetters: Queue;
  readonly wake: Queue;
}

export class Pipeline extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, needs: PipelineNeeds) {
    super(scope, id);
    const { key, definition, stages, dispatch, deadLetters, wake } = needs;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(readFileSync(definition, 'utf8')),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(stages).map(([name, { functionArn }]) => [substitutionOf(name), functionArn]),
      ),
      timeout: Duration.hours(2),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Executions', {
          retention: RetentionDays.THREE_MONTHS,
          encryptionKey: key,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ALL,
        // Inputs and outputs are references, but references of tenants: they stay out of the logs.
        includeExecutionData: false,
      },
    });
    for (const stage of Object.values(stages)) stage.grantInvoke(this.stateMachine);
    this.stateMachine.grantStartExecution(dispatch);

    new Schedule(this, 'EveryQuarter', {
      description: 'One dispatch every 15 minutes; the dispatcher starts an execution for each tenant that is due',
      schedule: ScheduleExpression.rate(Duration.minutes(15)),
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(dispatch, {
        deadLetterQueue: deadLetters,
        retryAttempts: 3,
        maxEventAge: Duration.minutes(10),
      }),
    });
    dispatch.addEventSource(new SqsEventSource(wake, { batchSize: 10, reportBatchItemFailures: true }));
  }
}

/** `fetch` → `FetchFunctionArn`, as the document names it. */
const substitutionOf = (stage: string) => `${stage[0]?.toUpperCase()}${stage.slice(1)}FunctionArn`;
