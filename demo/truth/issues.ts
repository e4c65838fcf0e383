// Issues and their transitions: how long each took, by every clock.
import type { IssueFact } from '../facts.ts';
import { hourMs, weekday, type Zone } from '../zone.ts';
import { count, kaplanMeierMedian, meanHours, percent, quantileHours } from './arithmetic.ts';
import type { Ground } from './ground.ts';
import type { View } from './query.ts';

export interface IssueLife {
  readonly issue: IssueFact;
  readonly project: IssueFact['firstProject'];
  readonly category: string;
  readonly resolvedAt: number | null;
  readonly firstResolvedAt: number | null;
  readonly reopens: number;
  /** Entries into and out of done, as the kept history tells them. */
  readonly turns: readonly { readonly at: number; readonly from: string; readonly to: string }[];
}

/** Lives of the issues that still exist when the project is read. */
export function livesOf({ facts, asOf }: Ground): IssueLife[] {
  const categories = new Map(facts.statuses.map(({ id, category }) => [id, category as string]));
  const categoryOf = (status: string) => categories.get(status) ?? 'unknown';
  return facts.issues
    .filter(({ deletedAt }) => deletedAt === undefined || deletedAt >= asOf)
    .map((issue) => {
      const turns = issue.historyLost
        ? []
        : issue.moves.map(({ at, status }, i) => ({
            at,
            from: categoryOf(issue.moves[i - 1]?.status ?? issue.firstStatus),
            to: categoryOf(status),
          }));
      const closes = turns.filter(({ from, to }) => from !== 'done' && to === 'done');
      const category = categoryOf(issue.moves.at(-1)?.status ?? issue.firstStatus);
      const fallback = category === 'done' && closes.length === 0 ? (issue.resolutionDate ?? null) : null;
      return {
        issue,
        project: issue.projectMoves.at(-1)?.project ?? issue.firstProject,
        category,
        resolvedAt: category === 'done' ? (closes.at(-1)?.at ?? fallback) : null,
        firstResolvedAt: closes[0]?.at ?? fallback,
        reopens: turns.filter(({ from, to }) => from === 'done' && to !== 'done').length,
        turns,
      };
    });
}

export const inBacklog = ({ issue }: IssueLife) => !issue.isSubtask && issue.type.toLowerCase() !== 'epic';
const notResolved = ["won't do", "won't fix", 'duplicate', 'cannot reproduce'];

function exclusion(life: IssueLife): string | null {
  const { issue, resolvedAt } = life;
  if (resolvedAt === null) return null;
  if (issue.isSubtask) return 'subtask';
  if (issue.type.toLowerCase() === 'epic') return 'epic';
  if (notResolved.includes((issue.resolution ?? '').toLowerCase())) return 'resolution';
  return resolvedAt <= issue.created ? 'negative_duration' : null;
}

/** Milliseconds of an interval that fall on Monday to Friday 09:00 to 17:00. */
function businessMs(zone: Zone, from: number, to: number): number {
  let total = 0;
  for (let day = zone.dayOf(from); day <= zone.dayOf(to); day++) {
    if (weekday(day) > 5) continue;
    const overlap = Math.min(to, zone.instant(day, 17 * hourMs)) - Math.max(from, zone.instant(day, 9 * hourMs));
    total += Math.max(0, overlap);
  }
  return total;
}

export function issuesView(ground: Ground): View<IssueRow> {
  const { zone, asOf, facts } = ground;
  const statuses = new Map(facts.statuses.map((status) => [status.id, status]));
  const works = (id: string) => {
    const status = statuses.get(id);
    return status !== undefined && status.category !== 'done' && !/waiting|blocked|hold|pending/i.test(status.name);
  };
  const activeMs = ({ issue, resolvedAt }: IssueLife): number | null => {
    if (resolvedAt === null || issue.historyLost) return null;
    const stays = [{ at: issue.created, status: issue.firstStatus }, ...issue.moves];
    return stays.reduce((total, { at, status }, i) => {
      const until = Math.min(stays[i + 1]?.at ?? resolvedAt, resolvedAt);
      return total + (works(status) ? Math.max(0, until - at) : 0);
    }, 0);
  };
  const rows = livesOf(ground).map((life): IssueRow => {
    const { issue, resolvedAt, firstResolvedAt } = life;
    const out = exclusion(life);
    const counts = resolvedAt !== null && out === null;
    const status = issue.moves.at(-1)?.status ?? issue.firstStatus;
    return {
      created_on: zone.dayOf(issue.created),
      resolved_on: resolvedAt === null ? null : zone.dayOf(resolvedAt),
      project_key: life.project.key,
      project_name: life.project.name,
      issue_type: issue.type.toLowerCase(),
      priority: issue.priority ?? 'none',
      status: statuses.get(status)?.name ?? null,
      status_category: life.category,
      resolution: issue.resolution,
      mttr_exclusion: out,
      isOpen: life.category !== 'done',
      counts,
      reopened: life.reopens > 0,
      everResolved: firstResolvedAt !== null,
      toResolve: counts ? resolvedAt - issue.created : null,
      toFirstResolve: counts && firstResolvedAt !== null ? firstResolvedAt - issue.created : null,
      business: counts ? businessMs(zone, issue.created, resolvedAt) : null,
      active: counts ? activeMs(life) : null,
      survival:
        counts || (life.category !== 'done' && inBacklog(life))
          ? { ms: (resolvedAt ?? asOf) - issue.created, observed: counts }
          : undefined,
    };
  });
  return { rows, measures: issueMeasures };
}

interface IssueRow {
  readonly created_on: number;
  readonly resolved_on: number | null;
  readonly project_key: string;
  readonly project_name: string;
  readonly issue_type: string;
  readonly priority: string;
  readonly status: string | null;
  readonly status_category: string;
  readonly resolution: string | null;
  readonly mttr_exclusion: string | null;
  readonly isOpen: boolean;
  readonly counts: boolean;
  readonly reopened: boolean;
  readonly everResolved: boolean;
  readonly toResolve: number | null;
  readonly toFirstResolve: number | null;
  readonly business: number | null;
  readonly active: number | null;
  readonly survival: { readonly ms: number; readonly observed: boolean } | undefined;
}

const issueMeasures: View<IssueRow>['measures'] = {
  issue_count: count(),
  open_issues: count((row) => row.isOpen),
  resolved_issues: count((row) => row.counts),
  mttr_hours: meanHours((row) => row.toResolve),
  first_resolution_hours: meanHours((row) => row.toFirstResolve),
  ttr_median_hours: quantileHours(0.5, (row) => row.toResolve),
  ttr_p90_hours: quantileHours(0.9, (row) => row.toResolve),
  ttr_km_median_hours(rows) {
    const median = kaplanMeierMedian(rows.map((row) => row.survival).filter((one) => one !== undefined));
    return median === null ? null : median / hourMs;
  },
  mttr_business_hours: meanHours((row) => row.business),
  mttr_active_hours: meanHours((row) => row.active),
  reopened_issues: count((row) => row.reopened),
  reopen_rate_pct: percent(
    count((row) => row.reopened),
    count((row) => row.everResolved),
  ),
  mttr_excluded: count((row) => row.mttr_exclusion !== null),
};

interface TransitionRow {
  readonly occurred_on: number;
  readonly from_category: string;
  readonly to_category: string;
  readonly project_key: string;
}

export function transitionsView(ground: Ground): View<TransitionRow> {
  const rows = livesOf(ground).flatMap(({ turns, project }) =>
    turns.map(({ at, from, to }) => ({
      occurred_on: ground.zone.dayOf(at),
      from_category: from,
      to_category: to,
      project_key: project.key,
    })),
  );
  return {
    rows,
    measures: {
      transition_count: count(),
      closes: count((row) => row.from_category !== 'done' && row.to_category === 'done'),
      reopens: count((row) => row.from_category === 'done' && row.to_category !== 'done'),
    },
  };
}
