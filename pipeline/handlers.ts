// The stages as functions from plain JSON to plain JSON, by the names in the state machine: called in process by its interpreter, and one Lambda function each when deployed.
import { must, parseTenant, type SourceName, type Tenant } from '@tessera/base';
import type { OpenStream } from '@tessera/ingest';
import type { TaskName } from './retry-table.ts';
import { asStageError } from './stage-error.ts';
import { connect } from './stages/connect.ts';
import type { RunNeeds, StageContext } from './stages/contract.ts';
import { fetch } from './stages/fetch.ts';
import { merge } from './stages/merge.ts';
import { notify } from './stages/notify.ts';
import { park } from './stages/park.ts';
import { plan } from './stages/plan.ts';
import { reconcile } from './stages/reconcile.ts';
import { stage } from './stages/stage.ts';
import { validate } from './stages/validate.ts';
import { resolveSettings, type TenantConfig } from './tenant-config.ts';

const stages = { plan, connect, fetch, stage, validate, merge, reconcile, notify, park };

export type Handler = (input: unknown) => Promise<unknown>;
export type Handlers = Readonly<Record<TaskName, Handler>>;

/**
 * The handlers. `contextOf` gives what a tenant's stages work with; an event without a tenant's name is TENANT_INVALID.
 * They throw errors whose name tells the state machine whether to try again and whose text is the fault's code and sentence.
 */
export function createHandlers(contextOf: (tenant: Tenant) => StageContext | Promise<StageContext>): Handlers {
  const handler =
    (name: TaskName): Handler =>
    async (input) => {
      try {
        const tenant = must(parseTenant(tenantIn(input)));
        // Each stage reads what the state machine made by the same typed code.
        const run = stages[name] as (context: StageContext, input: unknown) => Promise<unknown>;
        return await run(await contextOf(tenant), input);
      } catch (error) {
        throw asStageError(error);
      }
    };
  return {
    plan: handler('plan'),
    connect: handler('connect'),
    fetch: handler('fetch'),
    stage: handler('stage'),
    validate: handler('validate'),
    merge: handler('merge'),
    reconcile: handler('reconcile'),
    notify: handler('notify'),
    park: handler('park'),
  };
}

/** A stage's own input names the tenant; a dead letter's is one step deeper. */
function tenantIn(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return undefined;
  if ('tenant' in input) return input.tenant;
  return 'input' in input ? tenantIn(input.input) : undefined;
}

/** What one tenant's stages work with. A source is connected once a run; where that fails it is tried anew by whoever asks next. */
export function stageContext(needs: RunNeeds, config: TenantConfig): StageContext {
  let openRun: string | undefined;
  const open = new Map<SourceName, Promise<readonly OpenStream[]>>();
  const connectTo = async (source: SourceName): Promise<readonly OpenStream[]> => {
    const connection = config.connections.find((candidate) => candidate.source === source);
    const connector = needs.connectors.find((candidate) => candidate.source === source);
    if (!connection || !connector) throw new Error(`no connection to ${source}`);
    const sealed = (name: string) => needs.secretOf?.(config.tenant, name);
    return connector.open(await resolveSettings(connection, needs.env, sealed), needs);
  };
  return {
    needs,
    config,
    openSource(run, source) {
      if (run !== openRun) open.clear();
      openRun = run;
      const streams = open.get(source) ?? connectTo(source);
      open.set(source, streams);
      streams.catch(() => open.delete(source));
      return streams;
    },
  };
}
