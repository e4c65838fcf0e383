// What is the same on every Jira site: the four status categories and the system fields.

/** Category keys are the only thing about a status that is not translated. */
export const statusCategories = (base: string) =>
  [
    [1, 'undefined', 'medium-gray', 'No Category'],
    [2, 'new', 'blue-gray', 'To Do'],
    [4, 'indeterminate', 'yellow', 'In Progress'],
    [3, 'done', 'green', 'Done'],
  ].map(([id, key, colorName, name]) => ({
    self: `${base}/rest/api/3/statuscategory/${id}`,
    id,
    key,
    colorName,
    name,
  }));

const field = (id: string, name: string, type: string) => ({
  id,
  key: id,
  name,
  custom: false,
  orderable: true,
  navigable: true,
  searchable: true,
  clauseNames: [id],
  schema: { type, system: id },
});

export const fieldList = [
  field('summary', 'Summary', 'string'),
  field('status', 'Status', 'status'),
  field('issuetype', 'Issue Type', 'issuetype'),
  field('priority', 'Priority', 'priority'),
  field('resolution', 'Resolution', 'resolution'),
  field('resolutiondate', 'Resolved', 'datetime'),
  field('created', 'Created', 'datetime'),
  field('updated', 'Updated', 'datetime'),
  field('project', 'Project', 'project'),
  field('assignee', 'Assignee', 'user'),
  field('reporter', 'Reporter', 'user'),
];
