// How sensitive each member is. Nothing has a class by default: a column without one is refused where the model is rendered.
import { Fault } from '@tessera/base';
import type { Metric, Subject } from './define.ts';
import { columnOf } from './render.ts';

/** Lowest first. `confidential` helps an attacker choose whom to attack; `pii` tells a person, or a device that somebody carries. */
export const classifications = ['public', 'internal', 'confidential', 'pii'] as const;
export type Classification = (typeof classifications)[number];

/** By column: one name means the same in every table. What tells a person is flagged on the column itself (`pii`), where its token is made. */
const columnClasses: Readonly<Record<string, Exclude<Classification, 'pii'>>> = {
  activated_at: 'internal',
  backlog_on: 'internal',
  compliance_reason: 'internal',
  compliance_state: 'internal',
  country: 'internal',
  created_at: 'internal',
  created_on: 'internal',
  department: 'internal',
  enrolled_at: 'internal',
  event_type: 'internal',
  exclusion_reason: 'internal',
  factor: 'internal',
  factor_class: 'internal',
  from_category: 'internal',
  is_admin: 'confidential',
  is_known_user: 'internal',
  is_open: 'internal',
  is_service_account: 'confidential',
  issue_key: 'internal',
  issue_type: 'internal',
  last_check_in_at: 'internal',
  managed_by: 'internal',
  mfa_state: 'internal',
  mttr_exclusion: 'internal',
  occurred_at: 'internal',
  occurred_on: 'internal',
  okta_status: 'internal',
  org_id: 'internal',
  os_version: 'internal',
  outcome: 'internal',
  ownership: 'internal',
  platform: 'internal',
  priority: 'internal',
  project_key: 'internal',
  project_name: 'internal',
  project_type: 'internal',
  reason: 'internal',
  resolution: 'internal',
  resolved_at: 'internal',
  resolved_on: 'internal',
  source_system: 'internal',
  stage: 'internal',
  started_at: 'internal',
  started_on: 'internal',
  state_on: 'internal',
  status: 'internal',
  status_category: 'internal',
  strongest_factor: 'confidential',
  to_category: 'internal',
  visibility: 'internal',
};

/** MODEL_REFUSED where nobody has said how sensitive the column is. */
export function classOfDimension(subject: Subject, name: string): Classification {
  if (columnOf(subject, name).pii) return 'pii';
  const found = Object.hasOwn(columnClasses, name) ? columnClasses[name] : undefined;
  if (found) return found;
  throw new Fault('MODEL_REFUSED', {
    at: `${subject.view}.${name}`,
    reason:
      'it has no classification; give its column one in model/classification.ts, or the flag pii in its gold table',
  });
}

/** A number over rows: the class of its subject's metrics, unless it says another. */
export function classOfMetric(subject: Subject, metric: Metric): Classification {
  const found = metric.classification ?? subject.metricClass;
  if (classifications.includes(found)) return found;
  throw new Fault('MODEL_REFUSED', { at: subject.view, reason: 'its metrics have no classification (metricClass)' });
}
