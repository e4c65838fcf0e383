// Rows of issues and transitions that several cases start from.
/** An issue of project p1, created on 2026-01-01 at 10:00 in New York. */
export const issue = (issue_id: string, more: object = {}) => ({
  issue_id,
  issue_key: `OPS-${issue_id}`,
  project_id: 'p1',
  project_key: 'OPS',
  issue_type: 'bug',
  is_subtask: false,
  is_epic: false,
  priority: 'none',
  status: 'Open',
  status_category: 'new',
  created_at: '2026-01-01T15:00:00Z',
  updated_at: '2026-01-01T15:00:00Z',
  ...more,
});

/** A transition whose status ids are named like their categories. */
export const step = (issue_id: string, position: number, occurred_at: string, from: string, to: string) => ({
  transition_id: `${issue_id}-${position}`,
  issue_id,
  position,
  occurred_at,
  from_status: from,
  to_status: to,
  from_category: from,
  to_category: to,
  is_close: from !== 'done' && to === 'done',
  is_reopen: from === 'done' && to !== 'done',
});
