// The gold tables' metas as one record: the contract between the transforms and the semantic layer. Pure data.
import { dimDevice } from './models/gold/dim_device/dim_device.meta.ts';
import { dimProject } from './models/gold/dim_project/dim_project.meta.ts';
import { dimTenant } from './models/gold/dim_tenant/dim_tenant.meta.ts';
import { dimUser } from './models/gold/dim_user/dim_user.meta.ts';
import { factAuthAttempt } from './models/gold/fact_auth_attempt/fact_auth_attempt.meta.ts';
import { factAuthEvent } from './models/gold/fact_auth_event/fact_auth_event.meta.ts';
import { factDeviceState } from './models/gold/fact_device_state/fact_device_state.meta.ts';
import { factIssue } from './models/gold/fact_issue/fact_issue.meta.ts';
import { factIssueBacklogDay } from './models/gold/fact_issue_backlog_day/fact_issue_backlog_day.meta.ts';
import { factIssueTransition } from './models/gold/fact_issue_transition/fact_issue_transition.meta.ts';
import { factUserState } from './models/gold/fact_user_state/fact_user_state.meta.ts';

export const goldTables = {
  dim_device: dimDevice,
  dim_project: dimProject,
  dim_tenant: dimTenant,
  dim_user: dimUser,
  fact_auth_attempt: factAuthAttempt,
  fact_auth_event: factAuthEvent,
  fact_device_state: factDeviceState,
  fact_issue: factIssue,
  fact_issue_backlog_day: factIssueBacklogDay,
  fact_issue_transition: factIssueTransition,
  fact_user_state: factUserState,
} as const;
export type GoldTable = keyof typeof goldTables;
export { type ColumnMeta, keyColumns, type TableMeta, tokenColumn } from './table-meta.ts';
