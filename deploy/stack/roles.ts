// Who may do what: a role each for the stages, the stage that parks, the dispatcher, the state machine and the schedule, each with its statements written out.
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ofThisAccount } from './keys.ts';

/**
 * Roles whose rights are added here and by TesseraStack alone. What is created gets them as `withoutPolicyUpdates()`:
 * the CDK would add grants of its own, which reach further than what is needed.
 */
export class Roles extends Construct {
  readonly stage: Role;
  readonly park: Role;
  readonly dispatch: Role;
  readonly stateMachine: Role;
  readonly schedule: Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const lambda = new ServicePrincipal('lambda.amazonaws.com');
    const forUs = (service: string) => new ServicePrincipal(service).withConditions(ofThisAccount);
    this.stage = new Role(this, 'Stage', { assumedBy: lambda, description: 'Tessera: stages of the pipeline' });
    this.park = new Role(this, 'Park', { assumedBy: lambda, description: 'Tessera: keeps what failed for good' });
    this.dispatch = new Role(this, 'Dispatch', { assumedBy: lambda, description: 'Tessera: starts the runs' });
    this.stateMachine = new Role(this, 'StateMachine', {
      assumedBy: forUs('states.amazonaws.com'),
      description: 'Tessera: calls the stages',
    });
    this.schedule = new Role(this, 'Schedule', {
      assumedBy: forUs('scheduler.amazonaws.com'),
      description: 'Tessera: calls the dispatcher',
    });
    for (const role of [this.stage, this.park, this.dispatch, this.stateMachine]) allow(role, 'Traces', traces);
    allow(this.stateMachine, 'LogsOfExecutions', {
      actions: [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'],
    });
  }
}

const traces = {
  actions: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
  ] as string[],
  resources: ['*'],
};

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
}

/** Adds one statement, with a name that says what it is for. */
export function allow(role: Role, sid: string, { actions, resources, conditions }: Statement): void {
  role.addToPolicy(
    new PolicyStatement({
      sid,
      actions: [...actions],
      resources: [...resources],
      ...(conditions ? { conditions } : {}),
    }),
  );
}

/** The key, but only where a service uses it for what it stores. */
export const keyThrough = (key: IKey, actions: readonly string[], ...services: readonly string[]): Statement => ({
  actions,
  resources: [key.keyArn],
  conditions: { StringEquals: { 'kms:ViaService': services.map((one) => `${one}.${Aws.REGION}.amazonaws.com`) } },
});
