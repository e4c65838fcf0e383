// Pages that real servers of Intune, Jamf Pro and Jira sent to others: each record lands, or is refused with a reason that stands here.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { StreamFacts } from './define-connector.ts';
import { compliancePolicies } from './intune/compliance-policies.ts';
import { managedDevices } from './intune/managed-devices.ts';
import { users as entraUsers } from './intune/users.ts';
import { computers } from './jamf/computers.ts';
import { mobileDevices } from './jamf/mobile-devices.ts';
import { changelogs } from './jira/changelogs.ts';
import { issues } from './jira/issues.ts';
import { projects } from './jira/projects.ts';
import { statuses } from './jira/statuses.ts';
import { users as jiraUsers } from './jira/users.ts';
import { stageBody } from './stage-body.ts';

const payloads = new URL('../../shared/payloads/', import.meta.url);
const skip = existsSync(payloads) ? false : 'skipped: the recorded payloads (../shared/payloads) are not here';

interface Recording {
  readonly stream: StreamFacts;
  readonly file: string;
  readonly rows: number;
  /** How the recorder's file becomes a page of the endpoint that we call. */
  readonly page?: (recorded: unknown) => unknown;
  /** Why some records cannot be taken. */
  readonly refused?: readonly string[];
  /** Columns that must be filled in at least one row. */
  readonly filled: readonly string[];
}
const asItIs = (recorded: unknown) => recorded;
const asIssues = (recorded: unknown) => ({ issues: recorded });
const asGroups = (recorded: unknown) => ({
  issueChangeLogs: (recorded as { issueId: string; changelogPage: { values: unknown[] } }[]).map((page) => ({
    issueId: page.issueId,
    changeHistories: page.changelogPage.values,
  })),
});

const recordings: readonly Recording[] = [
  {
    stream: managedDevices,
    file: 'intune/managedDevices_page_beta.json',
    rows: 2,
    filled: ['compliance_state', 'last_sync', 'managed_device_owner_type'],
  },
  {
    stream: managedDevices,
    file: 'intune/managedDevices_page_v1.json',
    rows: 2,
    filled: ['compliance_state', 'last_sync', 'enrolled_at'],
  },
  {
    stream: managedDevices,
    file: 'intune/managedDevices_help_examples.ndjson',
    rows: 1,
    page: (value) => ({ value }),
    filled: ['compliance_state'],
  },
  {
    stream: compliancePolicies,
    file: 'intune/deviceCompliancePolicies_1.json',
    rows: 2,
    filled: ['policy_type', 'created_at'],
  },
  { stream: entraUsers, file: 'intune/entra_users.json', rows: 4, filled: ['user_principal_name', 'mail'] },
  {
    stream: computers,
    file: 'jamf/computers_inventory_page.json',
    rows: 1,
    filled: ['last_check_in', 'report_date', 'serial_number', 'file_vault2_enabled', 'gatekeeper_status'],
  },
  { stream: computers, file: 'jamf/computers_inventory_v3_page.json', rows: 2, filled: ['serial_number', 'platform'] },
  {
    stream: computers,
    file: 'jamf/computers_inventory_v4_page.json',
    rows: 2,
    filled: ['last_check_in', 'last_contact'],
  },
  { stream: computers, file: 'jamf/computers_inventory_synthetic_page.json', rows: 2, filled: ['os_version', 'email'] },
  {
    stream: mobileDevices,
    file: 'jamf/mobile_devices_detail_page.json',
    rows: 2,
    filled: ['ownership', 'last_inventory_update', 'os_version'],
  },
  { stream: mobileDevices, file: 'jamf/mobile_devices_page.json', rows: 2, filled: ['serial_number', 'device_name'] },
  {
    stream: issues,
    file: 'jira/issues_with_changelog.ndjson',
    rows: 22,
    page: asIssues,
    filled: ['status_category_key', 'resolution_date', 'assignee_account_id'],
  },
  {
    stream: issues,
    file: 'jira/issues_server_links.ndjson',
    rows: 15,
    page: asIssues,
    filled: ['created', 'reporter_account_id'],
  },
  {
    stream: issues,
    file: 'jira/captured/cloud_search_v3_page1.json',
    rows: 5,
    filled: ['created', 'project_id', 'status_category_key'],
  },
  {
    stream: changelogs,
    file: 'jira/changelog_pages.ndjson',
    rows: 179,
    page: asGroups,
    filled: ['created', 'items', 'author_account_id'],
  },
  {
    stream: jiraUsers,
    file: 'jira/users.ndjson',
    rows: 20,
    page: asItIs,
    filled: ['account_type', 'display_name'],
  },
  { stream: jiraUsers, file: 'jira/captured/cloud_users_search.json', rows: 12, filled: ['account_type'] },
  {
    stream: projects,
    file: 'jira/projects.ndjson',
    rows: 8,
    page: (values) => ({ values }),
    filled: ['style', 'project_type_key'],
  },
  {
    stream: statuses,
    file: 'jira/statuses.json',
    rows: 53,
    filled: ['category_key', 'untranslated_name', 'project_id'],
  },
];

function readRecording(file: string): unknown {
  const text = readFileSync(new URL(file, payloads), 'utf8');
  if (file.endsWith('.ndjson'))
    return text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  const recorded = JSON.parse(text) as { response?: { body: unknown } };
  return recorded.response?.body ?? recorded;
}

for (const { stream, file, rows, page = asItIs, refused = [], filled } of recordings) {
  test(`${stream.name}: ${file} lands with ${rows} records`, { skip }, async (t) => {
    const staged = await stageBody(t, stream, page(readRecording(file)));
    assert.equal(staged.length, rows);
    assert.deepEqual(
      staged.flatMap((row) => (row._problem == null ? [] : [String(row._problem)])),
      refused,
    );
    assert.deepEqual(
      staged.flatMap((row) => (row._misfit == null ? [] : [String(row._misfit)])),
      [],
    );
    for (const column of filled)
      assert.ok(
        staged.some((row) => row[column] != null),
        `${column} is never filled`,
      );
  });
}
