// Endpoint compliance: the share of in-scope devices with a verdict that comply; unknown is shown, never guessed.
import { countOf, formatNumber } from '../format/number.ts';
import type { Metric } from './metric.ts';

export const endpointCompliance: Metric = {
  id: 'endpoint-compliance',
  title: 'Endpoint compliance',
  question: 'How many devices comply with policy?',
  unit: 'percent',
  better: 'up',
  kind: 'state',
  view: 'devices',
  history: 'device_states',
  time: 'state_on',
  value: 'endpoint_compliance_pct',
  numerator: 'compliant',
  denominator: 'evaluated',
  sentence: (n) =>
    `${formatNumber(n.compliant, 'count')} of ${countOf(n.evaluated, 'device', 'devices')} with a verdict`,
  parts: ['Compliant', 'Evaluated'],
  trend: { measure: 'endpoint_compliance_pct', title: 'Endpoint compliance', unit: 'percent' },
  companions: [
    { measure: 'compliance_strict_pct', title: 'Strict', unit: 'percent' },
    { measure: 'coverage_pct', title: 'Coverage', unit: 'percent' },
    { measure: 'verdict_conflicts', title: 'Conflicts', unit: 'count', isNowOnly: true },
    { measure: 'in_scope', title: 'In scope', unit: 'count', isDetail: true },
    { measure: 'noncompliant', title: 'Not compliant', unit: 'count', isDetail: true },
  ],
  excluded: [
    { measure: 'unknown', words: 'have no verdict' },
    { measure: 'excluded', words: 'are out of scope', by: 'exclusion_reason', isNowOnly: true },
  ],
  breakdowns: [
    { dimension: 'platform', title: 'Platform' },
    { dimension: 'managed_by', title: 'Managed by' },
    { dimension: 'department', title: 'Department' },
    { dimension: 'os_version', title: 'OS version', isNowOnly: true },
    {
      dimension: 'compliance_reason',
      title: 'Reason',
      isNowOnly: true,
      instead: { measure: 'noncompliant', title: 'Not compliant', unit: 'count' },
    },
  ],
  sources: ['intune', 'jamf'],
};
