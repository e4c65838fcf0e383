// The issues of a tenant: when they come, how long they take, which come back.
import type { IssueFact, PersonFact, ProjectFact } from '../facts.ts';
import { dayMs, hourMs, weekday } from '../zone.ts';
import { projectNames } from './names.ts';
import { oddIssues } from './odd-issues.ts';
import type { Stage } from './profile.ts';
import { type Random, random } from './random.ts';
import { closed, done, roads, todo } from './workflow.ts';

export function makeProjects(stage: Stage): ProjectFact[] {
  return projectNames.slice(0, stage.profile.projects).map(([key, name, type], i) => ({
    id: String(10_100 + i),
    key,
    name,
    type,
    archived: key === 'LEG',
  }));
}

export function makeIssues(stage: Stage, people: readonly PersonFact[], projects: readonly ProjectFact[]): IssueFact[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|issues`);
  const workers = people.filter(({ jiraAccountId }) => jiraAccountId !== undefined);
  const odd = oddIssues(stage, projects, dice);
  const creations = whenCreated(stage, dice, stage.profile.issues - odd.length);
  const counters = new Map(projects.map(({ key }) => [key, 0]));
  const number = (project: ProjectFact) => {
    const next = (counters.get(project.key) ?? 0) + 1;
    counters.set(project.key, next);
    return `${project.key}-${next}`;
  };
  const busy = projects.map((project, i) => [project, project.archived ? 2 : 14 - i] as const);
  const usual = creations.map((created) => {
    const project = dice.weighted(busy);
    return ordinary(stage, dice, { project, created, assignee: dice.chance(0.85) ? dice.pick(workers) : undefined });
  });
  return [...usual, ...odd]
    .sort((a, b) => a.created - b.created)
    .map((issue, i) => {
      const home = issue.projectMoves.at(-1)?.project ?? issue.firstProject;
      return { ...issue, id: String(20_000 + i), key: number(home) };
    });
}

/** The stock of two months before the history, then a rate that grows a little, mostly in office hours of weekdays. */
function whenCreated(stage: Stage, dice: Random, count: number): number[] {
  const first = stage.zone.dayOf(stage.start) - 60;
  const last = stage.zone.dayOf(stage.asOf) - 1;
  const weights: [number, number][] = [];
  for (let day = first; day <= last; day++) {
    weights.push([day, (weekday(day) > 5 ? 0.15 : 1) * (0.75 + (0.5 * (day - first)) / (last - first))]);
  }
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const made: number[] = [];
  let owed = 0;
  for (const [day, weight] of weights) {
    owed += (weight / total) * count;
    for (; owed >= 1 && made.length < count; owed--) {
      const hour = dice.chance(0.85) ? dice.between(8.5, 18) : dice.between(0, 24);
      const at = stage.zone.instant(day) + Math.floor(hour * hourMs) + dice.int(0, 999);
      made.push(Math.min(at, stage.asOf - 2 * hourMs));
    }
  }
  return made.sort((a, b) => a - b);
}

const types: readonly (readonly [string, number])[] = [
  ['Bug', 34],
  ['Task', 30],
  ['Story', 22],
  ['Sub-task', 10],
  ['Epic', 4],
];
const deskTypes: readonly (readonly [string, number])[] = [
  ['Service Request', 60],
  ['Incident', 32],
  ['Sub-task', 6],
  ['Epic', 2],
];
const priorities: readonly (readonly [string | null, number])[] = [
  ['Highest', 5],
  ['High', 20],
  ['Medium', 48],
  ['Low', 18],
  ['Lowest', 4],
  [null, 5],
];
const haste: Readonly<Record<string, number>> = { Highest: 0.25, High: 0.6, Medium: 1, Low: 1.8, Lowest: 2.6 };
const resolutions: readonly (readonly [string, number])[] = [
  ['Done', 88],
  ["Won't do", 5],
  ['Duplicate', 4],
  ['Cannot Reproduce', 3],
];

interface Start {
  readonly project: ProjectFact;
  readonly created: number;
  readonly assignee: PersonFact | undefined;
}

/** An issue before it has its id and key. */
export function ordinary(stage: Stage, dice: Random, { project, created, assignee }: Start): IssueFact {
  const type = dice.weighted(project.type === 'service_desk' ? deskTypes : types);
  const priority = dice.weighted(priorities);
  const ends = whenResolved(stage, dice, created, (haste[priority ?? 'Medium'] ?? 1) * (type === 'Epic' ? 6 : 1));
  const road = dice.weighted(roads);
  const finish = dice.chance(0.85) ? done : closed;
  const horizon = ends ?? stage.asOf - hourMs;
  const stops = road
    .map(() => created + Math.floor((horizon - created) * dice.between(0.05, 0.9)))
    .sort((a, b) => a - b);
  const moves = road.map((status, i) => ({ at: stops[i] as number, status }));
  const walked =
    ends === undefined ? moves.slice(0, dice.int(0, moves.length)) : [...moves, { at: ends, status: finish }];
  const returned = ends === undefined ? [] : comeBack(stage, dice, ends, finish);
  const all = [...walked, ...returned];
  const over = all.at(-1)?.status === done || all.at(-1)?.status === closed;
  return {
    id: '',
    key: '',
    type,
    isSubtask: type === 'Sub-task',
    priority,
    created,
    firstStatus: todo,
    moves: all,
    firstProject: project,
    projectMoves: [],
    resolution: over ? dice.weighted(resolutions) : null,
    resolutionDate: over ? all.at(-1)?.at : undefined,
    otherEdits: dice.int(0, 2),
    historyLost: false,
    deletedAt: undefined,
    assignee,
  };
}

/** Heavy-tailed. Until day 115 a fifth is left lying; from then on the pile is burnt down. */
function whenResolved(stage: Stage, dice: Random, created: number, slowness: number): number | undefined {
  const effort = Math.max(9 * 60_000, dice.logNormal(38 * hourMs * slowness, 1.5));
  const turn = stage.start + 115 * dayMs;
  const left = created < turn && dice.chance(0.26);
  const at = left ? turn + Math.floor(dice.next() ** 0.8 * 75 * dayMs) : created + Math.floor(effort);
  return at < stage.asOf - hourMs && !dice.chance(0.015) ? Math.floor(at) : undefined;
}

/** Some come back; most are closed again, some stay open. */
function comeBack(stage: Stage, dice: Random, ends: number, finish: string) {
  const moves: { at: number; status: string }[] = [];
  let at = ends;
  for (let round = 0; round < 3 && dice.chance(round === 0 ? 0.07 : 0.2); round++) {
    at += Math.floor(dice.logNormal(30 * hourMs, 1));
    if (at >= stage.asOf - hourMs) break;
    moves.push({ at, status: '3' });
    at += Math.floor(dice.logNormal(20 * hourMs, 1));
    if (at >= stage.asOf - hourMs || dice.chance(0.2)) break;
    moves.push({ at, status: finish });
  }
  return moves;
}
