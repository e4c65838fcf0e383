// What is measured of devices day by day. Grouped coarser than a day these are device-days.
import { metricsOn } from '../define.ts';

export const deviceStateMetrics = metricsOn('fact_device_state', {
  in_scope: {
    title: 'In scope',
    about: 'Devices in scope at the end of the day; over several days, device-days.',
    count: true,
    where: { in_scope: true },
  },
  compliant: {
    title: 'Compliant',
    about: 'Devices in scope and compliant at the end of the day; over several days, device-days.',
    count: true,
    where: { in_scope: true, compliance_state: 'compliant' },
  },
  noncompliant: {
    title: 'Not compliant',
    about: 'Devices in scope and not compliant at the end of the day; over several days, device-days.',
    count: true,
    where: { in_scope: true, compliance_state: 'noncompliant' },
  },
  unknown: {
    title: 'Unknown',
    about: 'Devices in scope without a verdict that held at the end of the day; over several days, device-days.',
    count: true,
    where: { in_scope: true, compliance_state: 'unknown' },
  },
  evaluated: {
    title: 'Evaluated',
    about: 'Devices in scope with a verdict at the end of the day; over several days, device-days.',
    count: true,
    where: { in_scope: true, compliance_state: ['compliant', 'noncompliant'] },
  },
  endpoint_compliance_pct: {
    title: 'Endpoint compliance',
    about: 'Compliant devices, as a share of the devices in scope that had a verdict at the end of the day.',
    percent: ['compliant', 'evaluated'],
  },
  compliance_strict_pct: {
    title: 'Strict compliance',
    about: 'Compliant devices, as a share of all devices in scope at the end of the day.',
    percent: ['compliant', 'in_scope'],
  },
  coverage_pct: {
    title: 'Compliance coverage',
    about: 'Devices in scope with a verdict, as a share of all devices in scope at the end of the day.',
    percent: ['evaluated', 'in_scope'],
  },
});
