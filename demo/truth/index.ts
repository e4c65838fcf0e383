// Writes the exact answers on the demo data, computed from what the generator decided and from nothing that the product makes.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TenantWorld, World } from '../world.ts';
import { count } from './arithmetic.ts';
import { backlogView } from './backlog.ts';
import { questions } from './cases.ts';
import { deviceStatesView, devicesView } from './devices.ts';
import { type Ground, groundOf } from './ground.ts';
import { issuesView, transitionsView } from './issues.ts';
import { type AnswerRow, answer, type TruthQuery, type View } from './query.ts';
import { attemptsView, eventsView } from './sign-ins.ts';
import { userStatesView, usersView } from './users.ts';

export { weeklySyncs } from './ground.ts';

export interface TruthCase {
  readonly name: string;
  readonly query: TruthQuery;
  readonly rows: readonly AnswerRow[];
}
export interface Truth {
  readonly asOf: string;
  readonly cases: readonly TruthCase[];
}

const views: Readonly<Record<string, (ground: Ground) => (query: TruthQuery) => AnswerRow[]>> = {
  users: (ground) => asker(usersView(ground)),
  user_states: (ground) => asker(userStatesView(ground)),
  devices: (ground) => asker(devicesView(ground)),
  device_states: (ground) => asker(deviceStatesView(ground)),
  auth_attempts: (ground) => asker(attemptsView(ground)),
  auth_events: (ground) => asker(eventsView(ground)),
  issues: (ground) => asker(issuesView(ground)),
  issue_transitions: (ground) => asker(transitionsView(ground)),
  backlog: (ground) => asker(backlogView(ground)),
  projects: (ground) => asker(projectsView(ground)),
};

const asker =
  <Row>(view: View<Row>) =>
  (query: TruthQuery) =>
    answer(view, query);

const projectsView = ({ facts }: Ground) => ({
  rows: facts.projects.map((project) => ({
    project_key: project.key,
    project_type: project.type,
    visibility: project.archived ? 'archived' : 'visible',
  })),
  measures: { project_count: count() },
});

/** The truth of one tenant. A view's rows are made once, for all questions on it, and dropped before the next. */
export function truthOf(world: TenantWorld, asOf: Date): Truth {
  const ground = groundOf(world, asOf.getTime());
  const open = new Map<string, (query: TruthQuery) => AnswerRow[]>();
  const cases = questions(asOf.getTime()).map(({ name, view, query }): TruthCase => {
    let asked = open.get(view);
    if (!asked) {
      const make = views[view];
      if (!make) throw new RangeError(`Truth has no view ${view}.`);
      open.clear();
      asked = make(ground);
      open.set(view, asked);
    }
    return { name, query, rows: asked(query) };
  });
  return { asOf: asOf.toISOString(), cases };
}

/** Writes `<tenant>.json` into the folder for each tenant of the world. */
export async function writeTruth(world: World, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const tenant of world.tenants) {
    await writeFile(
      path.join(folder, `${tenant.tenant}.json`),
      `${JSON.stringify(truthOf(tenant, world.asOf), null, 1)}\n`,
    );
  }
}
