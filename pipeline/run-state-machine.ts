// Runs the state machine in this process, by an interpreter of the Amazon States Language.
import type { Handlers } from './handlers.ts';
import { retryTable } from './retry-table.ts';
import { type StateMachineDocument, stateMachine } from './state-machine.ts';

/** States of all levels: state name → task. */
const taskStates = (document: StateMachineDocument): ReadonlyMap<string, keyof Handlers> => {
  const tasks = new Map<string, keyof Handlers>();
  const names = Object.keys(retryTable) as (keyof Handlers)[];
  const walk = (states: StateMachineDocument['States']) => {
    for (const [name, state] of Object.entries(states)) {
      const resource = typeof state.Resource === 'string' ? state.Resource.toLowerCase() : undefined;
      const task = names.find((candidate) => resource === `\${${candidate}functionarn}`);
      if (task !== undefined) tasks.set(name, task);
      const inner = state.ItemProcessor as { States: StateMachineDocument['States'] } | undefined;
      if (inner !== undefined) walk(inner.States);
    }
  };
  walk(document.States);
  return tasks;
};

/** A handler in process is never given up on: it would work on beside its successor. */
const longestTaskSeconds = 7 * 86_400;

// Loaded with the first run: the interpreter is 2.6 MB, and most commands run nothing.
const load = async () => {
  const { StateMachine } = await import('aws-local-stepfunctions');
  const document = stateMachine({ taskTimeoutSeconds: longestTaskSeconds });
  // The document is validated by a test; doing it here costs 300 ms at every start.
  const machine = new StateMachine(JSON.parse(JSON.stringify(document)), { validationOptions: { noValidate: true } });
  return { machine, tasks: taskStates(document) };
};
let loaded: ReturnType<typeof load> | undefined;

/** The last state's output; throws where the execution failed. `retryWaitMs` takes the place of the document's waits, for tests. */
export async function runStateMachine(handlers: Handlers, input: object, retryWaitMs?: number): Promise<unknown> {
  loaded ??= load();
  const { machine, tasks } = await loaded;
  // Through JSON and back, as between two functions of a deployment: what would be lost there is lost here.
  const overJson = (task: keyof Handlers) => async (sent: unknown) =>
    JSON.parse(JSON.stringify((await handlers[task](sent)) ?? null));
  const local = Object.fromEntries([...tasks].map(([state, task]) => [state, overJson(task)]));
  const waits = Object.fromEntries([...tasks.keys()].map((state) => [state, retryWaitMs ?? 0]));
  const execution = machine.run(JSON.parse(JSON.stringify(input)), {
    overrides: {
      taskResourceLocalHandlers: local,
      ...(retryWaitMs === undefined ? {} : { retryIntervalOverrides: waits }),
    },
  });
  return execution.result;
}
