// Rules of the AWS Solutions pack that do not hold at one place, each with its reason. A finding that is not in this table fails the synthesis.
import { type Stack, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

export interface Acknowledged {
  /** Path of the construct within the stack; the rule holds everywhere else. */
  readonly at: string;
  /** What of the wildcard rule's findings is meant: one resource, as the rule writes it. */
  readonly resource: string;
  readonly reason: string;
}

const traces = 'X-Ray has no resources: its actions can be allowed for * only.';
export const acknowledged: readonly Acknowledged[] = [
  { at: 'Roles/Stage', resource: '*', reason: traces },
  { at: 'Roles/Park', resource: '*', reason: traces },
  { at: 'Roles/Dispatch', resource: '*', reason: traces },
  {
    at: 'Roles/StateMachine',
    resource: '*',
    reason: `${traces} Neither has the delivery of logs, which Step Functions sets up with its own role.`,
  },
  {
    at: 'Roles/Dispatch',
    resource: '<StoresLake48802BF9.Arn>/platform/tenants/*',
    reason:
      'The dispatcher reads the configuration of every tenant, which holds no secret, and reaches no tenant’s data.',
  },
  {
    at: 'Tenants/Role',
    resource: '<StoresLake48802BF9.Arn>/tenant-<aws:PrincipalTag/tenant>/*',
    reason: 'All objects of the one tenant that the session names.',
  },
  {
    at: 'Tenants/Role',
    resource:
      'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:tessera/<aws:PrincipalTag/tenant>/*',
    reason: 'All secrets of the one tenant that the session names; Secrets Manager ends each name with random letters.',
  },
];

export function acknowledgeRules(stack: Stack): void {
  for (const { at, resource, reason } of acknowledged) {
    const place = at.split('/').reduce<IConstruct>((scope, name) => scope.node.findChild(name), stack);
    const id = `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
    Validations.of(place.node.findChild('DefaultPolicy') as Construct).acknowledge({ id, reason });
  }
}
