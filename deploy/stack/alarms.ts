// What wakes somebody: failed executions, dead letters, throttles, errors of a stage, a stale source; and the bill.
import { Duration } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface AlarmsNeeds {
  readonly key: Key;
  readonly email: string;
  readonly monthlyBudgetUsd: number;
  readonly stateMachine: StateMachine;
  readonly deadLetters: Queue;
  readonly functions: Readonly<Record<string, IFunction>>;
}

const period = Duration.minutes(15);

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, needs: AlarmsNeeds) {
    super(scope, id);
    const { key, email, monthlyBudgetUsd, stateMachine, deadLetters, functions } = needs;
    const topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(email));

    const alarms: readonly (readonly [name: string, about: string, metric: IMetric, threshold: number])[] = [
      ['FailedRuns', 'a run of the pipeline failed', stateMachine.metricFailed({ period }), 1],
      ['TimedOutRuns', 'a run of the pipeline took too long', stateMachine.metricTimedOut({ period }), 1],
      ['ThrottledRuns', 'Step Functions throttles the pipeline', stateMachine.metricThrottled({ period }), 1],
      [
        'DeadLetters',
        'something lies in the dead letters',
        deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
        1,
      ],
      // Written by the notify stage in the embedded metric format: sources that are later than their objective.
      [
        'StaleSources',
        'a source is later than its objective',
        new Metric({ namespace: 'Tessera', metricName: 'stale_sources', statistic: 'Maximum', period }),
        1,
      ],
      ...Object.entries(functions).flatMap(([name, one]) => [
        [`${name}Errors`, `the function ${name} fails`, one.metricErrors({ period }), 1] as const,
        [`${name}Throttles`, `the function ${name} is throttled`, one.metricThrottles({ period }), 1] as const,
      ]),
    ];
    for (const [name, about, metric, threshold] of alarms) {
      const alarm = new Alarm(this, name, {
        alarmDescription: `Tessera: ${about}`,
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }

    new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: ['user:application$tessera'] },
      },
      notificationsWithSubscribers: [80, 100].map((threshold) => ({
        notification: {
          notificationType: threshold === 100 ? 'FORECASTED' : 'ACTUAL',
          comparisonOperator: 'GREATER_THAN',
          threshold,
        },
        subscribers: [{ subscriptionType: 'EMAIL', address: email }],
      })),
    });
  }
}
