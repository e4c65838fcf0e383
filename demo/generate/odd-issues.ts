// The named odd cases of issues.
import type { IssueFact, ProjectFact } from '../facts.ts';
import { dayMs, hourMs, minuteMs } from '../zone.ts';
import type { Stage } from './profile.ts';
import type { Random } from './random.ts';
import { closed, done, removedStatus, todo } from './workflow.ts';

type Odd = (
  plain: IssueFact,
  at: (day: number, hours?: number) => number,
  projects: readonly [ProjectFact, ProjectFact, ProjectFact],
  stage: Stage,
) => Partial<IssueFact>;

const settled = (moves: IssueFact['moves'], resolution = 'Done') => ({
  moves,
  resolution,
  resolutionDate: moves.at(-1)?.at,
});
const to = (at: number, status: string) => ({ at, status });

export const oddIssueCases: Readonly<Record<string, Odd>> = {
  'reopened and open now': (_, at) => ({ moves: [to(at(100), '3'), to(at(104), done), to(at(120), '3')] }),
  'reopened twice and closed': (_, at) =>
    settled([
      to(at(101), '3'),
      to(at(102), done),
      to(at(103), '3'),
      to(at(105), closed),
      to(at(108), todo),
      to(at(109), done),
    ]),
  'from done to closed is no second closing': (_, at) =>
    settled([to(at(101), '3'), to(at(102), done), to(at(110), closed)]),
  'will not be done': (_, at) => settled([to(at(103), closed)], "Won't Do"),
  duplicate: (_, at) => settled([to(at(101), done)], 'Duplicate'),
  'closed sub-task': (_, at) => ({ ...settled([to(at(103), done)]), type: 'Sub-task', isSubtask: true }),
  'open sub-task': () => ({ type: 'Sub-task', isSubtask: true }),
  'closed epic': (_, at) => ({ ...settled([to(at(140), done)]), type: 'Epic' }),
  'without history, with a date of resolution': (_, at) => ({ ...settled([to(at(130), done)]), historyLost: true }),
  'imported, resolved before it was created': (_, at) => ({
    ...settled([to(at(70), done)]),
    historyLost: true,
    resolutionDate: at(70),
  }),
  'created in a done status, reopened and closed': (_, at) => ({
    ...settled([to(at(110), '3'), to(at(115), done)]),
    firstStatus: done,
  }),
  'moved while open': (_, at, [a, b]) => ({
    ...settled([to(at(101), '3'), to(at(120), done)]),
    firstProject: a,
    projectMoves: [{ at: at(110), project: b }],
  }),
  'moved twice and open': (_, at, [a, b, c]) => ({
    firstProject: b,
    projectMoves: [
      { at: at(112), project: c },
      { at: at(140), project: a },
    ],
  }),
  'moved after it was closed': (_, at, [a, b]) => ({
    ...settled([to(at(104), done)]),
    firstProject: b,
    projectMoves: [{ at: at(125), project: a }],
  }),
  'deleted while open': (_, at) => ({ deletedAt: at(160) }),
  'deleted when closed': (_, at) => ({ ...settled([to(at(104), done)]), deletedAt: at(165) }),
  'more than a hundred entries of history': (_, at) => ({
    ...settled(
      Array.from({ length: 12 }, (__, i) => to(at(100 + i * 3), i % 2 === 0 ? '3' : '10002')).concat(to(at(150), done)),
    ),
    otherEdits: 130,
  }),
  'through a status that was removed': (_, at) =>
    settled([to(at(101), '3'), to(at(105), removedStatus), to(at(111), done)]),
  'reopened into a status that was removed': (_, at) =>
    settled([to(at(101), done), to(at(105), removedStatus), to(at(111), done)]),
  'waits for the customer': (_, at) =>
    settled([to(at(101), '3'), to(at(102), '10003'), to(at(130), '3'), to(at(131), done)]),
  blocked: (_, at) => settled([to(at(101), '10004'), to(at(141), done)]),
  'closed in the last millisecond of a day': (_, _at, __, { zone, asOf }) =>
    settled([to(zone.instant(zone.dayOf(asOf) - 15) - 1, done)]),
  'closed in the first millisecond of a day': (_, _at, __, { zone, asOf }) =>
    settled([to(zone.instant(zone.dayOf(asOf) - 15), done)]),
  'created at midnight': (_, _at, __, { zone, asOf }) => ({ created: zone.instant(zone.dayOf(asOf) - 25) }),
  'closed over a week-end': (plain, _at, __, { zone }) => {
    // A Friday 16:30 to a Monday 09:30 of the tenant: one business hour.
    let friday = zone.dayOf(plain.created);
    while ((friday + 3) % 7 !== 4) friday++;
    return {
      created: zone.instant(friday, 16.5 * hourMs),
      ...settled([to(zone.instant(friday + 3, 9.5 * hourMs), done)]),
    };
  },
  'open across the change of the clocks': (_, _at, __, { zone, start, asOf }) => {
    for (let day = zone.dayOf(start) + 3; day < zone.dayOf(asOf) - 3; day++) {
      if (zone.instant(day + 1) - zone.instant(day) === dayMs) continue;
      return { created: zone.instant(day, minuteMs), ...settled([to(zone.instant(day + 1, 10 * hourMs), done)]) };
    }
    return {};
  },
  'of a minute': (plain) => settled([to(plain.created + minuteMs, done)]),
};

export function oddIssues(stage: Stage, projects: readonly ProjectFact[], dice: Random): IssueFact[] {
  const at = (day: number, hours = 0) =>
    stage.start + day * dayMs + hours * hourMs + dice.int(13 * hourMs, 16 * hourMs);
  const [a, b, c] = projects;
  if (!a || !b || !c) throw new RangeError('The odd issues need three projects to move between.');
  const three = [a, b, c] as const;
  return Object.values(oddIssueCases).map((odd, i) => {
    const project = projects[i % projects.length] as ProjectFact;
    const plain: IssueFact = {
      id: '',
      key: '',
      type: 'Task',
      isSubtask: false,
      priority: 'Medium',
      created: at(98),
      firstStatus: todo,
      moves: [],
      firstProject: project,
      projectMoves: [],
      resolution: null,
      resolutionDate: undefined,
      otherEdits: 1,
      historyLost: false,
      deletedAt: undefined,
      assignee: undefined,
    };
    return { ...plain, ...odd(plain, at, three, stage) };
  });
}
