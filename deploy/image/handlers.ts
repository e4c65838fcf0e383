// The entries of the Lambda functions: each stage, and the dispatcher. Everything is opened by the first call and kept for the next.
import { S3Client } from '@aws-sdk/client-s3';
import { ExecutionAlreadyExists, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { asFault, isTenant, observeAsJsonLines, systemClock, type Tenant } from '@tessera/base';
import { createHandlers, type Handlers, type RunState, type TaskName } from '@tessera/pipeline';
import { readAwsSettings, required } from './aws-settings.ts';
import { type DispatchNeeds, dispatchQuarter, dispatchWoken, type WakeMessage } from './dispatch.ts';
import { metricLine } from './metric-line.ts';
import { openTenants } from './open-tenant.ts';
import { openPlatformDocuments } from './platform-documents.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const observe = observeAsJsonLines((line) => say(line.trimEnd()));

const aws = once(() => readAwsSettings(process.env));
const queues = once(() => new SQSClient({}));
const handlers = once(async (): Promise<Handlers> => {
  const tenants = await openTenants({ aws: aws(), now: systemClock, observe });
  return createHandlers(tenants.contextOf);
});

const stageEntry = (name: TaskName) => async (input: unknown) => (await handlers())[name](input);

export const plan = stageEntry('plan');
export const connect = stageEntry('connect');
export const fetch = stageEntry('fetch');
export const stage = stageEntry('stage');
export const validate = stageEntry('validate');
export const merge = stageEntry('merge');
export const reconcile = stageEntry('reconcile');

/** Publishes, and counts the sources that this run could not ask to the end. */
export async function notify(input: RunState): Promise<unknown> {
  const notified = await stageEntry('notify')(input);
  const failing = input.sources.filter(({ failed, streams = [] }) => failed || streams.some((one) => one.failed));
  say(metricLine({ failing_sources: failing.length }, systemClock()));
  return notified;
}

/** Keeps the dead letter in the tenant's lake, and tells of it in the queue: where, which and why, without a row. */
export async function park(input: {
  readonly input: { readonly tenant: Tenant; readonly run: string };
}): Promise<unknown> {
  const parked = await stageEntry('park')(input);
  const { tenant, run } = input.input;
  const MessageBody = JSON.stringify({ tenant, run, ...(parked as object) });
  await queues().send(new SendMessageCommand({ QueueUrl: aws().deadLetters, MessageBody }));
  return parked;
}

/** Called by the schedule with the instant that it was due at, and by the queue with tenants to run now. */
export async function dispatch(event: {
  readonly at?: string;
  readonly Records?: readonly WakeMessage[];
}): Promise<unknown> {
  const pages = aws().settings.pipelinePages;
  if (event.Records) return dispatchWoken(dispatching(), event.Records, pages);
  const due = new Date(event.at ?? '');
  return dispatchQuarter(dispatching(), Number.isNaN(due.getTime()) ? systemClock() : due, { pages, apartMs: 250 });
}

const dispatching = once((): DispatchNeeds => {
  const states = new SFNClient({});
  const stateMachineArn = required(aws().stateMachine, 'TESSERA_STATE_MACHINE');
  const wake = required(aws().wake, 'TESSERA_WAKE');
  const documents = openPlatformDocuments(new S3Client({}), aws());
  return {
    tenants: documents.tenants,
    configOf: documents.configOf,
    async running() {
      const running = new Set<Tenant>();
      let nextToken: string | undefined;
      do {
        const page = await states.send(
          new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', ...(nextToken ? { nextToken } : {}) }),
        );
        for (const { name = '' } of page.executions ?? []) {
          const tenant = tenantOf(name);
          if (tenant) running.add(tenant);
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return running;
    },
    async start(name, input) {
      try {
        await states.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw error;
      }
    },
    async later(request) {
      // The longest that a message may wait; what still cannot run then comes again a few times.
      const MessageBody = JSON.stringify(request);
      await queues().send(new SendMessageCommand({ QueueUrl: wake, MessageBody, DelaySeconds: 900 }));
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    failed(tenant, error) {
      const { code, message } = asFault(error);
      if (tenant) observe({ event: 'run.failed', tenant, run: 'dispatch', stage: 'dispatch', code, message });
      else say(JSON.stringify({ event: 'wake.failed', code, message }));
    },
  };
});

/** An execution is named `<tenant>-<quarter>` or `<tenant>-<id of the message>`. */
function tenantOf(execution: string): Tenant | undefined {
  const name = execution.replace(/-(\d{8}T\d{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, '');
  return isTenant(name) ? name : undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    // What could not be opened is opened anew by the next call.
    if (made.value instanceof Promise)
      made.value.catch(() => {
        made = undefined;
      });
    return made.value;
  };
}
