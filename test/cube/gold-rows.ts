// A handful of gold rows whose every metric can be computed in the head, for the tests of this folder.
import type { GoldTable } from '@tessera/transforms/gold-meta';
import type { GoldCopy, Values } from './served-tenants.ts';

const hourMs = 3_600_000;
const person = (key: string, more: Values = {}): Values => ({
  user_key: key,
  email: `${key}@acme.example`,
  department: 'IT',
  in_mfa_population: true,
  mfa_state: 'not_enrolled',
  ...more,
});
const attempt = (id: string, day: string, outcome: string, more: Values = {}): Values => ({
  attempt_id: id,
  started_on: day,
  started_at: `${day} 10:00:00`,
  outcome,
  department: 'IT',
  country: 'US',
  user_key: id.slice(0, 1),
  ...more,
});
const issue = (id: string, hours: number | null, more: Values = {}): Values => ({
  issue_id: id,
  issue_key: `OPS-${id}`,
  project_id: '1',
  issue_type: 'bug',
  priority: 'High',
  created_on: '2026-01-01',
  created_at: '2026-01-01 09:00:00',
  is_open: hours === null,
  counts_for_mttr: hours !== null,
  ms_to_resolve: hours === null ? null : hours * hourMs,
  ms_observed: (hours ?? 100) * hourMs,
  resolved_on: hours === null ? null : '2026-01-02',
  first_resolved_at: hours === null ? null : '2026-01-02 09:00:00',
  ...more,
});
const backlogDay = (day: string, project: string, start: number, opened: number, closed: number): Values => ({
  backlog_on: day,
  project_id: project,
  open_start: start,
  opened,
  closed,
  open_end: start + opened - closed,
});

export const goldRows: Partial<Record<GoldTable, readonly Values[]>> = {
  dim_user: [
    person('a', { is_mfa_enrolled: true, mfa_state: 'enrolled', is_phishing_resistant: true }),
    person('b', { is_admin: true }),
    person('c', { department: "O'Hara" }),
    person('d', { in_mfa_population: false, exclusion_reason: 'suspended' }),
  ],
  fact_auth_attempt: [
    attempt('a1', '2026-01-01', 'success', { used_mfa: true }),
    attempt('a2', '2026-01-01', 'failure'),
    attempt('b1', '2026-01-01', 'abandoned'),
    attempt('b2', '2026-01-02', 'denied', { country: 'DE' }),
    attempt('c1', '2026-02-03', 'success'),
    attempt('c2', '2026-02-03', 'success'),
  ],
  dim_project: [
    { project_id: '1', project_key: 'OPS', project_name: 'Operations', visibility: 'visible' },
    { project_id: '2', project_key: 'DEV', project_name: 'Development', visibility: 'visible' },
  ],
  fact_issue: [
    issue('1', 1),
    issue('2', 3, { reopen_count: 1 }),
    issue('3', 8, { priority: 'Low' }),
    issue('4', null),
    issue('5', 50, { is_deleted: true }),
    issue('6', 9, { counts_for_mttr: false, mttr_exclusion: 'subtask', is_subtask: true, project_id: '2' }),
  ],
  fact_issue_backlog_day: [
    backlogDay('2026-01-01', '1', 10, 2, 1),
    backlogDay('2026-01-02', '1', 11, 0, 5),
    backlogDay('2026-01-01', '2', 4, 0, 0),
    backlogDay('2026-01-02', '2', 4, 1, 2),
  ],
};

/** Fills an empty copy. */
export async function insertRows(copy: GoldCopy): Promise<void> {
  for (const [table, values] of Object.entries(goldRows)) await copy.insert(table as GoldTable, values);
}
