// A real ServiceNow incident log (UCI, 890 incidents) told in Jira's shapes: issues with their full status history.
import { readFileSync } from 'node:fs';
import type { Json, TenantWorld, Versioned } from '@tessera/demo';

/** DD-MM-YYYY HH:MM, day first, no zone: taken as UTC. */
function parseInstant(text: string): Date {
  const [, day, month, year, hour, minute] = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)$/.exec(text) ?? [];
  if (!day) throw new Error(`not a time of the log: ${text.length} characters`);
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
}

const categories: Readonly<Record<string, string>> = { New: 'new', Resolved: 'done', Closed: 'done' };
const categoryOf = (state: string) => categories[state] ?? 'indeterminate';

interface LogRow {
  readonly number: string;
  readonly state: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly priority: string;
}

function readLog(file: string): LogRow[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const at = Object.fromEntries(header.split(',').map((name, index) => [name, index]));
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[at[name] ?? -1] ?? '';
    return {
      number: cell('number'),
      state: cell('incident_state'),
      openedAt: parseInstant(cell('opened_at')),
      updatedAt: parseInstant(cell('sys_updated_at')),
      priority: cell('priority'),
    };
  });
}

const jiraTime = (at: Date) => at.toISOString().replace('Z', '+0000');
const project = {
  id: '10000',
  key: 'INC',
  name: 'Incidents',
  projectTypeKey: 'service_desk',
  simplified: false,
  style: 'classic',
};

/**
 * The log as it stood at `asOf`: incidents opened before, changes made before. The order of the file is the order of the changes
 * (one incident has a time that runs backwards, within one status), so changelog ids ascend in that order.
 */
export function serviceNowJira(file: string, asOf: Date): TenantWorld['jira'] {
  const rows = readLog(file).filter((row) => row.openedAt < asOf);
  const states = [...new Set(rows.map((row) => row.state))];
  const statuses = states.map((name, index) => ({
    id: String(index + 1),
    name,
    statusCategory: { id: index, key: categoryOf(name), name: categoryOf(name), colorName: 'medium-gray' },
  }));
  const statusOf = new Map(statuses.map((status) => [status.name, status]));

  const histories = new Map<string, Json[]>();
  const latest = new Map<string, LogRow>();
  for (const [line, row] of rows.entries()) {
    const known = latest.get(row.number);
    const history = histories.get(row.number) ?? [];
    histories.set(row.number, history);
    const from = known?.state ?? 'New';
    if (row.updatedAt >= asOf) {
      if (!known) latest.set(row.number, { ...row, state: 'New', updatedAt: row.openedAt });
      continue;
    }
    latest.set(row.number, row);
    if (from === row.state) continue;
    history.push({
      id: String(100_000 + line),
      author: { accountId: 'service-now' },
      created: jiraTime(row.updatedAt),
      items: [
        {
          field: 'status',
          fieldtype: 'jira',
          fieldId: 'status',
          from: statusOf.get(from)?.id ?? null,
          fromString: from,
          to: statusOf.get(row.state)?.id,
          toString: row.state,
        },
      ],
    });
  }

  const idOf = (number: string) => String(Number(number.replace('INC', '')) + 1);
  const issues = [...latest.values()].map((row): Versioned<Json> => {
    const record = {
      id: idOf(row.number),
      key: `INC-${Number(row.number.replace('INC', ''))}`,
      self: `https://example.invalid/rest/api/3/issue/${idOf(row.number)}`,
      fields: {
        created: jiraTime(row.openedAt),
        updated: jiraTime(row.updatedAt),
        status: statusOf.get(row.state),
        issuetype: { id: '1', name: 'Incident', subtask: false },
        priority: { id: row.priority.slice(0, 1), name: row.priority },
        project,
        resolution: null,
        resolutiondate: null,
        assignee: null,
        reporter: null,
      },
    };
    return { id: record.id, versions: [{ from: row.openedAt.toISOString(), record }] };
  });
  return {
    issues,
    changelogs: new Map([...histories].map(([number, history]) => [idOf(number), history])),
    projects: [{ id: project.id, versions: [{ from: '2016-01-01T00:00:00.000Z', record: project }] }],
    users: [],
    statuses,
  };
}
