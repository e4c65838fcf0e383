// What is measured of devices, as they are at the release. Compliant, noncompliant and unknown count devices in scope only.
import { metricsOn } from '../define.ts';

export const deviceMetrics = metricsOn('dim_device', {
  device_count: {
    title: 'Devices',
    about: 'All devices ever seen, resolved over Intune and Jamf by serial number.',
    count: true,
  },
  in_scope: {
    title: 'In scope',
    about: 'Devices that are managed, not retired, not personal and checked in within 90 days.',
    count: true,
    where: { in_scope: true },
  },
  compliant: {
    title: 'Compliant',
    about: 'Devices in scope that the managing system judges compliant.',
    count: true,
    where: { in_scope: true, compliance_state: 'compliant' },
  },
  noncompliant: {
    title: 'Not compliant',
    about: 'Devices in scope that the managing system judges not compliant, those in grace included.',
    count: true,
    where: { in_scope: true, compliance_state: 'noncompliant' },
  },
  unknown: {
    title: 'Unknown',
    about: 'Devices in scope without a verdict that holds: stale, without a policy, in conflict or in error.',
    count: true,
    where: { in_scope: true, compliance_state: 'unknown' },
  },
  evaluated: {
    title: 'Evaluated',
    about: 'Devices in scope with a verdict: compliant and not compliant together.',
    count: true,
    where: { in_scope: true, compliance_state: ['compliant', 'noncompliant'] },
  },
  endpoint_compliance_pct: {
    title: 'Endpoint compliance',
    about: 'Compliant devices, as a share of the devices in scope that have a verdict.',
    percent: ['compliant', 'evaluated'],
  },
  compliance_strict_pct: {
    title: 'Strict compliance',
    about: 'Compliant devices, as a share of all devices in scope: unknown counts against.',
    percent: ['compliant', 'in_scope'],
  },
  coverage_pct: {
    title: 'Compliance coverage',
    about: 'Devices in scope with a verdict, as a share of all devices in scope.',
    percent: ['evaluated', 'in_scope'],
  },
  verdict_conflicts: {
    title: 'Conflicting verdicts',
    about: 'Devices on which Intune and Jamf disagree, in scope or not.',
    count: true,
    where: { verdict_conflict: true },
  },
  excluded: {
    title: 'Out of scope',
    about: 'Devices that are not in scope, for the reason in the dimension exclusion_reason.',
    count: true,
    where: { in_scope: false },
  },
});
