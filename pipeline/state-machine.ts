// The one state machine (Amazon States Language) of a run, made from typed code: run in process by an interpreter, and deployed to Step Functions as it is.
import { type RetryRow, retryTable, type TaskName } from './retry-table.ts';
import { transientError } from './stage-error.ts';

type State = Readonly<Record<string, unknown>>;
export interface StateMachineDocument {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
export interface StateMachineSettings {
  /** Lambda ends a function after 900 s; in process nothing does, and a task that is given up on would work on beside its successor. */
  readonly taskTimeoutSeconds: number;
}

/** What AWS asks every caller of a Lambda function to try again after. */
const lambdaTrouble = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'States.Timeout',
];
const capital = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
/** Where the deployment puts the function's ARN. */
export const functionOf = (task: TaskName): string => `\${${capital(task)}FunctionArn}`;

/** The document. Faults that cannot get better by themselves are not tried again. */
export function stateMachine({ taskTimeoutSeconds }: StateMachineSettings): StateMachineDocument {
  const retry = ({ intervalSeconds, maxAttempts, backoffRate, maxDelaySeconds }: RetryRow) => [
    {
      ErrorEquals: [transientError, ...lambdaTrouble],
      IntervalSeconds: intervalSeconds,
      MaxAttempts: maxAttempts,
      BackoffRate: backoffRate,
      MaxDelaySeconds: maxDelaySeconds,
      JitterStrategy: 'FULL',
    },
  ];
  const task = (name: TaskName, rest: State): State => ({
    Type: 'Task',
    Resource: functionOf(name),
    TimeoutSeconds: taskTimeoutSeconds,
    Retry: retry(retryTable[name]),
    ...rest,
  });
  const caught = (next: string) => ({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: next }] });
  const parked = (stage: TaskName, rest: State): State =>
    task('park', { Parameters: { stage, 'input.$': '$', 'error.$': '$.error' }, ResultPath: '$.failed', ...rest });
  const each = (states: Readonly<Record<string, State>>, startAt: string) => ({
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: startAt, States: states },
  });

  const streams: State = {
    Type: 'Map',
    Comment: 'One after another: parents before their children, and one vendor is not asked by two at once.',
    ItemsPath: '$.streams',
    MaxConcurrency: 1,
    ItemSelector: {
      'tenant.$': '$.tenant',
      'run.$': '$.run',
      'pages.$': '$.pages',
      'source.$': '$.source',
      'stream.$': '$$.Map.Item.Value',
    },
    ...each(
      {
        Fetch: task('fetch', { ResultPath: '$.fetched', ...caught('ParkFetch'), Next: 'AnythingNew' }),
        AnythingNew: {
          Type: 'Choice',
          Choices: [{ Variable: '$.fetched.stage', BooleanEquals: true, Next: 'Stage' }],
          Default: 'NothingNew',
        },
        NothingNew: { Type: 'Pass', End: true },
        Stage: task('stage', { ResultPath: '$.staged', ...caught('ParkStage'), End: true }),
        ParkFetch: parked('fetch', { End: true }),
        ParkStage: parked('stage', { End: true }),
      },
      'Fetch',
    ),
    ResultPath: '$.streams',
    End: true,
  };
  const sources: State = {
    Type: 'Map',
    Comment: 'Side by side: one that fails does not stop the others.',
    ItemsPath: '$.sources',
    ItemSelector: {
      'tenant.$': '$.tenant',
      'run.$': '$.run',
      'pages.$': '$.pages',
      'only.$': '$.only',
      'source.$': '$$.Map.Item.Value',
    },
    ...each(
      {
        Connect: task('connect', { ResultPath: '$.streams', ...caught('ParkConnect'), Next: 'Streams' }),
        Streams: streams,
        ParkConnect: parked('connect', { End: true }),
      },
      'Connect',
    ),
    ResultPath: '$.sources',
    Next: 'Validate',
  };
  const tail = (
    [
      ['validate', '$.validated', { Next: 'Merge' }],
      ['merge', '$.merged', { Next: 'Reconcile' }],
      ['reconcile', '$.reconciled', { Next: 'Notify' }],
      ['notify', '$.notified', { End: true }],
    ] as const
  ).flatMap(([name, ResultPath, after]) => [
    [capital(name), task(name, { ResultPath, ...caught(`Park${capital(name)}`), ...after })],
    [`Park${capital(name)}`, parked(name, { Next: 'Failed' })],
  ]);
  return {
    Comment:
      'One run of one tenant: fetch, stage, validate, merge, reconcile, notify. Generated: node pipeline/write-state-machine.ts',
    StartAt: 'Plan',
    States: {
      Plan: task('plan', { ...caught('ParkPlan'), Next: 'Sources' }),
      ParkPlan: parked('plan', { Next: 'Failed' }),
      Sources: sources,
      ...Object.fromEntries(tail),
      Failed: {
        Type: 'Fail',
        Error: 'Tessera.RunFailed',
        Cause: 'A stage failed; its dead letter says why. The last good release stays.',
      },
    },
  };
}

/** What is deployed. */
export const deployedStateMachine = (): StateMachineDocument => stateMachine({ taskTimeoutSeconds: 900 });
