// The backlog day by day: every opening, closing and move in the project where it happened.
import { type Measure, percent, sum } from './arithmetic.ts';
import type { Ground } from './ground.ts';
import { type IssueLife, inBacklog, livesOf } from './issues.ts';
import type { View } from './query.ts';

const flows = ['opened', 'reopened', 'closed', 'moved_in', 'moved_out', 'deleted'] as const;
type Flow = (typeof flows)[number];

type BacklogRow = {
  readonly backlog_on: number;
  readonly project_key: string;
  readonly project_name: string;
} & Readonly<Record<Flow | 'open_start' | 'open_end', number>>;

interface Happening {
  readonly at: number;
  readonly project: string;
  readonly flow: Flow;
}

/** What an issue did to the backlogs of its projects, in order. */
function happenings(life: IssueLife): Happening[] {
  const { issue, turns } = life;
  let project = issue.firstProject.id;
  const made: Happening[] = [];
  if (issue.historyLost) {
    made.push({ at: issue.created, project, flow: 'opened' });
    if (life.resolvedAt !== null) made.push({ at: Math.max(life.resolvedAt, issue.created), project, flow: 'closed' });
    return made;
  }
  // An issue that was made in a done status was never opened.
  let open = (turns[0]?.from ?? life.category) !== 'done';
  if (open) made.push({ at: issue.created, project, flow: 'opened' });
  const steps = [
    ...turns.map((turn) => ({ at: turn.at, turn, to: undefined })),
    ...issue.projectMoves.map((move) => ({ at: move.at, turn: undefined, to: move.project.id })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, turn, to } of steps) {
    if (turn) {
      const over = turn.to === 'done';
      if (open && over) made.push({ at, project, flow: 'closed' });
      if (!open && !over) made.push({ at, project, flow: 'reopened' });
      open = !over;
    } else {
      if (open) made.push({ at, project, flow: 'moved_out' }, { at, project: to, flow: 'moved_in' });
      project = to;
    }
  }
  return made;
}

export function backlogView(ground: Ground): View<BacklogRow> {
  const { zone, today, facts } = ground;
  const all = livesOf(ground).filter(inBacklog).flatMap(happenings);
  const rows = facts.projects.flatMap((project) => {
    const mine = all.filter((one) => one.project === project.id);
    const days = new Map<number, Record<Flow, number>>();
    const empty = () => Object.fromEntries(flows.map((flow) => [flow, 0])) as Record<Flow, number>;
    for (const { at, flow } of mine) {
      const day = days.get(zone.dayOf(at)) ?? empty();
      day[flow] += 1;
      days.set(zone.dayOf(at), day);
    }
    const made: BacklogRow[] = [];
    let open = 0;
    for (let day = Math.min(...days.keys()); day <= today; day++) {
      const flow = days.get(day) ?? empty();
      const end = open + flow.opened + flow.reopened + flow.moved_in - flow.closed - flow.moved_out - flow.deleted;
      made.push({
        backlog_on: day,
        project_key: project.key,
        project_name: project.name,
        open_start: open,
        ...flow,
        open_end: end,
      });
      open = end;
    }
    return made;
  });
  const edge =
    (pick: (...days: number[]) => number, of: (row: BacklogRow) => number): Measure<BacklogRow> =>
    (group) => {
      if (group.length === 0) return null;
      const day = group.reduce((best, row) => pick(best, row.backlog_on), (group[0] as BacklogRow).backlog_on);
      return group.reduce((total, row) => total + (row.backlog_on === day ? of(row) : 0), 0);
    };
  const start = edge(Math.min, (row) => row.open_start);
  const end = edge(Math.max, (row) => row.open_end);
  const inflow: Measure<BacklogRow> = sum((row) => row.opened + row.reopened);
  const closed: Measure<BacklogRow> = sum((row) => row.closed);
  return {
    rows,
    measures: {
      ...(Object.fromEntries(flows.map((flow) => [flow, sum((row: BacklogRow) => row[flow])])) as Record<
        Flow,
        Measure<BacklogRow>
      >),
      open_start: start,
      open_end: end,
      net_burn: sum((row) => row.closed - row.opened - row.reopened),
      burn_ratio(group) {
        const [out, into] = [closed(group), inflow(group)];
        return out === null || !into ? null : out / into;
      },
      burn_pct: percent((group) => {
        const [first, last] = [start(group), end(group)];
        return first === null || last === null ? null : first - last;
      }, start),
    },
  };
}
