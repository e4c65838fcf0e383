// Jira's issues, changelogs, projects, users and statuses as the REST API v3 gives them.
import type { IssueFact, PersonFact, ProjectFact, StatusFact } from '../facts.ts';
import type { Json, TenantWorld, Versioned } from '../world.ts';
import { dayMs, minuteMs, type Zone } from '../zone.ts';
import type { Stage } from './profile.ts';
import { random } from './random.ts';
import { removedStatus, statuses } from './workflow.ts';

/** Jira writes times in the zone of the reader, without a colon in the offset. */
export function jiraTime(zone: Zone, at: number): string {
  const offset = zone.offsetAt(at);
  const minutes = Math.abs(offset) / minuteMs;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${new Date(at + offset).toISOString().slice(0, 23)}${offset < 0 ? '-' : '+'}${two(minutes / 60)}${two(minutes % 60)}`;
}

const categories: Readonly<Record<string, Json>> = {
  new: { id: 2, key: 'new', colorName: 'blue-gray', name: 'To Do' },
  indeterminate: { id: 4, key: 'indeterminate', colorName: 'yellow', name: 'In Progress' },
  done: { id: 3, key: 'done', colorName: 'green', name: 'Done' },
};

export function jiraRecords(
  stage: Stage,
  people: readonly PersonFact[],
  projects: readonly ProjectFact[],
  issues: readonly IssueFact[],
): TenantWorld['jira'] {
  const base = `https://${stage.profile.tenant}.atlassian.example/rest/api/3`;
  const statusRecord = ({ id, name, category }: StatusFact): Json => ({
    self: `${base}/status/${id}`,
    description: '',
    iconUrl: `${base}/images/icons/statuses/generic.png`,
    name,
    id,
    statusCategory: { self: `${base}/statuscategory/${categories[category]?.id}`, ...categories[category] },
  });
  const statusJson = new Map(statuses.map((one) => [one.id, statusRecord(one)]));
  statusJson.set(removedStatus, statusRecord({ id: removedStatus, name: 'Old Review', category: 'indeterminate' }));
  const users = new Map(
    people.flatMap((one) => (one.jiraAccountId ? [[one.jiraAccountId, userJson(stage, base, one)] as const] : [])),
  );
  const projectJson = new Map(projects.map((project) => [project.id, projectRecord(base, project)]));
  const kit = { stage, base, statusJson, users, projectJson, serial: { next: 500_000 } };
  const early = new Date(stage.start - 300 * dayMs).toISOString();
  const still = (id: string, record: Json): Versioned<Json> => ({ id, versions: [{ from: early, record }] });
  return {
    issues: issues.map((issue) => issueVersions(kit, issue)),
    changelogs: new Map(issues.map((issue) => [issue.id, histories(kit, issue)])),
    projects: [...projectJson].map(([id, record]) => still(id, record)),
    users: [...users]
      .map(([id, record]) => still(id, record))
      .concat(robots(base).map((one) => still(String(one.accountId), one))),
    statuses: statuses.map((one) => statusJson.get(one.id) as Json),
  };
}

interface Kit {
  readonly stage: Stage;
  readonly base: string;
  readonly statusJson: ReadonlyMap<string, Json>;
  readonly users: ReadonlyMap<string, Json>;
  readonly projectJson: ReadonlyMap<string, Json>;
  readonly serial: { next: number };
}

const userJson = (stage: Stage, base: string, one: PersonFact): Json => ({
  self: `${base}/user?accountId=${one.jiraAccountId}`,
  accountId: one.jiraAccountId,
  accountType: 'atlassian',
  ...(one.jiraShowsEmail ? { emailAddress: one.email } : {}),
  displayName: `${one.firstName} ${one.lastName}`,
  active: one.okta?.status !== 'DEPROVISIONED',
  timeZone: stage.profile.timeZone,
});

const robots = (base: string): Json[] => [
  {
    self: `${base}/user?accountId=557058:automation`,
    accountId: '557058:automation',
    accountType: 'app',
    displayName: 'Automation for Jira',
    active: true,
  },
  {
    self: `${base}/user?accountId=qm:customer:1`,
    accountId: 'qm:customer:1',
    accountType: 'customer',
    displayName: 'A customer',
    active: true,
  },
];

const projectRecord = (base: string, project: ProjectFact): Json => ({
  self: `${base}/project/${project.id}`,
  id: project.id,
  key: project.key,
  name: project.name,
  projectTypeKey: project.type,
  simplified: false,
  style: 'classic',
  isPrivate: false,
  archived: project.archived,
  properties: {},
});

/** Where an issue stands from each change on. */
function issueVersions(kit: Kit, issue: IssueFact): Versioned<Json> {
  const { zone, asOf } = kit.stage;
  const number = issue.key.split('-')[1];
  const type: Json = {
    id: String(
      10_000 + ['Bug', 'Task', 'Story', 'Sub-task', 'Epic', 'Service Request', 'Incident'].indexOf(issue.type),
    ),
    name: issue.type,
    subtask: issue.isSubtask,
    hierarchyLevel: issue.type === 'Epic' ? 1 : issue.isSubtask ? -1 : 0,
  };
  const fixed: Json = {
    issuetype: type,
    priority: issue.priority === null ? null : { id: '3', name: issue.priority },
    created: jiraTime(zone, issue.created),
    assignee: kit.users.get(issue.assignee?.jiraAccountId ?? '') ?? null,
    reporter: kit.users.get(issue.assignee?.jiraAccountId ?? '') ?? null,
    summary: `Issue ${number}`,
  };
  const moves = issue.historyLost ? [] : issue.moves;
  const times = [...new Set([issue.created, ...moves.map(({ at }) => at), ...issue.projectMoves.map(({ at }) => at)])];
  const versions: { from: string; record: Json | undefined }[] = times
    .sort((a, b) => a - b)
    .map((at, i, all) => {
      const last = i === all.length - 1;
      const status =
        last && issue.historyLost ? (issue.moves.at(-1)?.status ?? issue.firstStatus) : statusAt(issue, at);
      const project = issue.projectMoves.findLast((move) => move.at <= at)?.project ?? issue.firstProject;
      const resolved = last && issue.resolution !== null;
      const key = last ? issue.key : `${project.key}-${number}`;
      return {
        from: new Date(at).toISOString(),
        record: {
          expand: 'operations,versionedRepresentations,editmeta,changelog,renderedFields',
          id: issue.id,
          self: `${kit.base}/issue/${issue.id}`,
          key,
          fields: {
            ...fixed,
            status: kit.statusJson.get(status),
            statuscategorychangedate: jiraTime(zone, at),
            resolution: resolved ? { id: '10000', name: issue.resolution, description: '' } : null,
            resolutiondate:
              resolved && issue.resolutionDate !== undefined ? jiraTime(zone, issue.resolutionDate) : null,
            updated: jiraTime(zone, at),
            project: kit.projectJson.get(project.id),
          },
        },
      };
    });
  if (issue.deletedAt !== undefined && issue.deletedAt < asOf) {
    versions.push({ from: new Date(issue.deletedAt).toISOString(), record: undefined });
  }
  return { id: issue.id, versions };
}

const statusAt = (issue: IssueFact, at: number) =>
  issue.moves.findLast((move) => move.at <= at)?.status ?? issue.firstStatus;

interface Entry {
  readonly at: number;
  readonly items: readonly Json[];
}

function histories(kit: Kit, issue: IssueFact): Json[] {
  const { zone, asOf, seed } = kit.stage;
  const author = kit.users.get(issue.assignee?.jiraAccountId ?? '') ?? robots(kit.base)[0];
  const name = (id: string) => kit.statusJson.get(id)?.name;
  const entries: Entry[] = issue.historyLost
    ? []
    : issue.moves.map(({ at, status }, i) => {
        const before = issue.moves[i - 1]?.status ?? issue.firstStatus;
        return { at, items: [change('status', 'status', before, name(before), status, name(status))] };
      });
  for (const [i, { at, project }] of issue.projectMoves.entries()) {
    const before = issue.projectMoves[i - 1]?.project ?? issue.firstProject;
    const number = issue.key.split('-')[1];
    entries.push({
      at,
      items: [
        change('project', 'project', before.id, before.name, project.id, project.name),
        change('Key', undefined, null, `${before.key}-${number}`, null, `${project.key}-${number}`),
      ],
    });
  }
  if (!issue.historyLost && issue.otherEdits > 0) {
    const dice = random(seed, `${kit.stage.profile.tenant}|edits|${issue.id}`);
    const end = issue.moves.at(-1)?.at ?? Math.min(asOf, issue.created + dayMs);
    for (let i = 0; i < issue.otherEdits; i++) {
      const at = Math.min(issue.created + Math.floor(dice.next() * (end - issue.created)), asOf - minuteMs);
      entries.push({ at, items: [change('labels', 'labels', null, '', null, `label-${i}`)] });
    }
  }
  return entries
    .sort((a, b) => a.at - b.at)
    .map(({ at, items }) => ({ id: String(kit.serial.next++), author, created: jiraTime(zone, at), items }));
}

const change = (
  field: string,
  fieldId: string | undefined,
  from: string | null,
  fromString: unknown,
  to: string | null,
  toText: unknown,
): Json => ({
  field,
  fieldtype: 'jira',
  ...(fieldId === undefined ? {} : { fieldId }),
  from,
  fromString,
  to,
  toString: toText,
});
