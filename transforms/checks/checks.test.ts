// Each law catches a row that breaks it, lets a sound one pass, and belongs to a model that there is.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createEngine, type Engine } from '@tessera/lakehouse';
import { columnTypes } from '../build/columns.ts';
import { type CaseRow, rowsAsSql } from '../cases/rows-as-sql.ts';
import { loadProject } from '../load-project.ts';
import { checks } from './checks.ts';

const models = new Map((await loadProject()).models.map((model) => [model.name, model]));
let scratch: string;
let engine: Engine;
before(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'tessera-checks-'));
  engine = await createEngine({ scratch });
});
after(async () => {
  engine.close();
  await rm(scratch, { recursive: true, force: true });
});

const day = (backlog_on: string, more: CaseRow): CaseRow => ({
  backlog_on,
  project_id: '1',
  ...Object.fromEntries(
    ['open_start', 'opened', 'reopened', 'closed', 'moved_in', 'moved_out', 'deleted', 'open_end'].map((n) => [n, 0]),
  ),
  ...more,
});
const person = { is_mfa_enrolled: true, in_mfa_population: true, is_phishing_resistant: true, mfa_state: 'enrolled' };
const device = { in_scope: true, compliance_state: 'compliant' };
const attempt = {
  outcome: 'success',
  started_at: '2026-01-01T00:00:00Z',
  ended_at: '2026-01-01T00:00:01Z',
  event_count: 1,
};
const issue = { counts_for_mttr: true, resolved_at: '2026-01-02T00:00:00Z', ms_to_resolve: 1, is_open: false };

const sound: Readonly<Record<string, readonly CaseRow[]>> = {
  fact_issue_backlog_day: [
    day('2026-01-01', { opened: 3, closed: 1, open_end: 2 }),
    day('2026-01-02', { open_start: 2, moved_in: 1, moved_out: 1, reopened: 1, deleted: 1, open_end: 2 }),
  ],
  dim_user: [person],
  fact_user_state: [person],
  dim_device: [device],
  fact_device_state: [device],
  fact_auth_attempt: [attempt],
  fact_issue: [issue],
  fact_issue_transition: [{ is_close: true, is_reopen: false }],
};

/** For each law, by model and name, rows that break it. */
const broken: Readonly<Record<string, readonly (readonly CaseRow[])[]>> = {
  'fact_issue_backlog_day: open_end = open_start + opened + reopened + moved_in - closed - moved_out - deleted': [
    [day('2026-01-01', { opened: 1 })],
    [day('2026-01-01', { opened: 1, deleted: 1, open_end: 1 })],
  ],
  'fact_issue_backlog_day: no count is negative': [[day('2026-01-01', { closed: 1, open_end: -1 })]],
  'fact_issue_backlog_day: a day ends as the next begins, and no day is missing': [
    [day('2026-01-01', { opened: 1, open_end: 1 }), day('2026-01-02', {})],
    [day('2026-01-01', { opened: 1, open_end: 1 }), day('2026-01-03', { open_start: 1, open_end: 1 })],
    [day('2026-01-01', { open_start: 1, open_end: 1 })],
  ],
  'dim_user: who is enrolled is in the population': [[{ ...person, in_mfa_population: false }]],
  'dim_user: who is phishing resistant is enrolled': [[{ ...person, is_mfa_enrolled: false }]],
  'dim_user: in the population or with a reason why not': [
    [{ ...person, in_mfa_population: false, is_mfa_enrolled: false }],
    [{ ...person, exclusion_reason: 'suspended' }],
  ],
  'dim_user: mfa_state is known': [[{ ...person, mfa_state: 'perhaps' }]],
  'fact_user_state: who is enrolled is in the population': [[{ ...person, in_mfa_population: false }]],
  'dim_device: in scope or with a reason why not': [
    [{ ...device, in_scope: false }],
    [{ ...device, exclusion_reason: 'retired' }],
  ],
  'dim_device: compliance_state is known': [[{ ...device, compliance_state: 'conflict' }]],
  'fact_device_state: compliance_state is known': [[{ ...device, compliance_state: 'conflict' }]],
  'fact_auth_attempt: outcome is known': [[{ ...attempt, outcome: 'perhaps' }]],
  'fact_auth_attempt: an attempt ends no earlier than it starts': [
    [{ ...attempt, ended_at: '2025-12-31T00:00:00Z' }],
    [{ ...attempt, event_count: 0 }],
  ],
  'fact_issue: what counts for MTTR is resolved and took time': [
    [{ ...issue, ms_to_resolve: 0 }],
    [{ ...issue, ms_to_resolve: null }],
    [{ ...issue, resolved_at: null }],
    [{ ...issue, mttr_exclusion: 'subtask' }],
  ],
  'fact_issue: an open issue has no resolution in force': [[{ ...issue, is_open: true }]],
  'fact_issue_transition: no transition both closes and reopens': [[{ is_close: true, is_reopen: true }]],
};

for (const { model, name, violations } of checks) {
  test(`${model}: ${name}`, async () => {
    const meta = models.get(model)?.meta ?? assert.fail(`there is no model ${model}`);
    const count = async (rows: readonly CaseRow[]) => {
      const table = `(select * from (${rowsAsSql(rows, columnTypes(meta))}))`;
      const [row] = await engine.query(`select (${violations(table)}) as n`);
      return Number(row?.n);
    };
    assert.equal(await count(sound[model] ?? assert.fail(`no sound row of ${model}`)), 0);
    const wrong = broken[`${model}: ${name}`] ?? assert.fail('no row that breaks it');
    for (const rows of wrong) assert.ok((await count(rows)) > 0, JSON.stringify(rows));
  });
}
