// What wakes somebody: failed executions, dead letters, throttles, errors of a stage, a stale source; and the bill.
import { Duration } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
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

    const raise = (name: string, props: AlarmProps) => {
      const alarm = new Alarm(this, name, props);
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    };
    const alarms: readonly (readonly [
      name: string,
      about: string,
      metric: IMetric,
      threshold: number,
      periods?: number,
    ])[] = [
      ['FailedRuns', 'a run of the pipeline failed', stateMachine.metricFailed({ period }), 1],
      ['TimedOutRuns', 'a run of the pipeline took too long', stateMachine.metricTimedOut({ period }), 1],
      ['ThrottledRuns', 'Step Functions throttles the pipeline', stateMachine.metricThrottled({ period }), 1],
      [
        'DeadLetters',
        'something lies in the dead letters',
        deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
        1,
      ],
      // Written by the notify stage in the embedded metric format: sources that a run could not ask to the end.
      [
        'StaleSources',
        'sources could not be asked for an hour',
        new Metric({ namespace: 'Tessera', metricName: 'failing_sources', statistic: 'Maximum', period }),
        1,
        4,
      ],
      ...Object.entries(functions).flatMap(([name, one]) => [
        [`${name}Errors`, `the function ${name} fails`, one.metricErrors({ period }), 1] as const,
        [`${name}Throttles`, `the function ${name} is throttled`, one.metricThrottles({ period }), 1] as const,
      ]),
    ];
    for (const [name, about, metric, threshold, periods = 1] of alarms) {
      raise(name, {
        alarmDescription: `Tessera: ${about}`,
        metric,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
    // Everything above is silent where nothing runs at all; this is not.
    raise('NoRuns', {
      alarmDescription: 'Tessera: no run of the pipeline ended well for an hour',
      metric: stateMachine.metricSucceeded({ period }),
      threshold: 1,
      evaluationPeriods: 4,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });

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
