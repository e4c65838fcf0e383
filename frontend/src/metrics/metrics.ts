// The five core metrics in the order of the page.
import { backlogBurn } from './backlog-burn.ts';
import { endpointCompliance } from './endpoint-compliance.ts';
import { loginFailure } from './login-failure.ts';
import type { Metric } from './metric.ts';
import { mfaAdoption } from './mfa-adoption.ts';
import { timeToResolve } from './time-to-resolve.ts';

export const metrics: readonly Metric[] = [mfaAdoption, loginFailure, endpointCompliance, timeToResolve, backlogBurn];

export function metricById(id: string | undefined): Metric | undefined {
  return metrics.find((metric) => metric.id === id);
}
