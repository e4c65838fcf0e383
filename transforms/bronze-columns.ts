// The bronze columns that models read, with their types: what a source that is not connected looks like, and what a case's given rows are made of.
import type { ColumnType } from './table-meta.ts';

type Columns = Readonly<Record<string, ColumnType>>;

/** Columns that every bronze table has besides its stream's own. */
const bookkeeping = {
  _key: 'VARCHAR',
  _hash: 'VARCHAR',
  _deleted: 'BOOLEAN',
  _page: 'VARCHAR',
  tenant_id: 'VARCHAR',
  org_id: 'VARCHAR',
  source_system: 'VARCHAR',
  ingest_at: 'TIMESTAMPTZ',
} as const satisfies Columns;

const texts = <const Names extends readonly string[]>(...names: Names) =>
  Object.fromEntries(names.map((name) => [name, 'VARCHAR'])) as { readonly [N in Names[number]]: 'VARCHAR' };
const times = <const Names extends readonly string[]>(...names: Names) =>
  Object.fromEntries(names.map((name) => [name, 'TIMESTAMPTZ'])) as { readonly [N in Names[number]]: 'TIMESTAMPTZ' };

const streams = {
  okta__users: {
    ...texts(
      'id',
      'status',
      'login',
      'email',
      'first_name',
      'last_name',
      'display_name',
      'department',
      'user_type',
      'provider_type',
    ),
    ...times('created', 'activated', 'status_changed', 'last_login', 'last_updated'),
  },
  okta__factors: {
    ...texts('id', 'user_id', 'factor_type', 'provider', 'status'),
    ...times('created', 'last_updated'),
  },
  okta__groups: texts('id', 'name'),
  okta__group_members: texts('user_id', 'group_id'),
  okta__log: {
    ...texts(
      'uuid',
      'event_type',
      'outcome_result',
      'outcome_reason',
      'actor_id',
      'actor_type',
      'actor_login',
      'client_ip',
      'client_country',
    ),
    ...texts('root_session_id', 'external_session_id', 'transaction_id', 'factor', 'targets'),
    ...times('published'),
  },
  elasticsearch__auth_logs: {
    ...texts(
      'index',
      'id',
      'event_action',
      'event_outcome',
      'event_category',
      'user_name',
      'user_email',
      'source_ip',
      'country',
    ),
    ...times('timestamp'),
  },
  elasticsearch__indices: texts('name'),
  elasticsearch__access: { pattern: 'VARCHAR', may_read: 'BOOLEAN' },
  intune__managed_devices: {
    ...texts(
      'id',
      'device_name',
      'serial_number',
      'operating_system',
      'os_version',
      'managed_device_owner_type',
      'compliance_state',
    ),
    ...texts('management_agent', 'management_state', 'user_principal_name', 'email_address'),
    ...times('enrolled_at', 'last_sync'),
    is_encrypted: 'BOOLEAN',
    policy_count: 'INTEGER',
  },
  intune__device_policy_states: texts('id', 'device_id', 'state'),
  intune__users: texts('id', 'user_principal_name', 'mail', 'display_name', 'department', 'removed_reason'),
  jamf__computers: {
    ...texts(
      'id',
      'site_id',
      'device_name',
      'serial_number',
      'os_version',
      'file_vault2_status',
      'gatekeeper_status',
      'username',
      'email',
    ),
    ...times('report_date', 'last_check_in', 'last_contact', 'enrolled_at'),
    managed: 'BOOLEAN',
    file_vault2_enabled: 'BOOLEAN',
  },
  jamf__mobile_devices: {
    ...texts('id', 'device_type', 'device_name', 'serial_number', 'ownership', 'os_version', 'username', 'email'),
    ...times('last_inventory_update', 'last_contact', 'enrolled_at'),
    managed: 'BOOLEAN',
    data_protected: 'BOOLEAN',
  },
  jira__issues: {
    ...texts(
      'id',
      'key',
      'resolution_name',
      'status_id',
      'status_name',
      'status_category_key',
      'issue_type_name',
      'priority_name',
    ),
    ...texts('project_id', 'project_key', 'assignee_account_id'),
    ...times('created', 'updated', 'resolution_date'),
    is_subtask: 'BOOLEAN',
  },
  jira__changelogs: { ...texts('id', 'issue_id', 'author_account_id', 'items'), ...times('created') },
  jira__issue_ids: texts('id'),
  jira__projects: { ...texts('id', 'key', 'name', 'project_type_key', 'lead_account_id'), archived: 'BOOLEAN' },
  jira__users: texts('account_id', 'display_name', 'email_address'),
  jira__statuses: texts('id', 'name', 'category_key'),
} as const satisfies Readonly<Record<string, Columns>>;

export type BronzeTable = keyof typeof streams;
export const bronzeTables = Object.keys(streams) as readonly BronzeTable[];
export const isBronze = (name: string): name is BronzeTable => Object.hasOwn(streams, name);

/** Columns of a bronze table, bookkeeping included. */
export function bronzeColumns(table: string): Columns {
  return { ...(streams as Readonly<Record<string, Columns>>)[table], ...bookkeeping };
}
