// The stages as Lambda functions: one container image with the whole product, one entry a stage.
import type { TaskName } from '@tessera/pipeline';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, DockerImageCode, DockerImageFunction, type IFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { allow } from './roles.ts';

/** Minutes and megabytes of each stage. A stage that needs longer ends in time and is continued by the next run: pages and commits are kept. */
export const stageFunctions = {
  plan: { minutes: 1, memory: 512 },
  connect: { minutes: 5, memory: 512 },
  fetch: { minutes: 15, memory: 1024 },
  stage: { minutes: 15, memory: 2048 },
  validate: { minutes: 5, memory: 1024 },
  merge: { minutes: 15, memory: 3008 },
  reconcile: { minutes: 10, memory: 2048 },
  notify: { minutes: 5, memory: 512 },
  park: { minutes: 1, memory: 512 },
} as const satisfies Record<TaskName, { readonly minutes: number; readonly memory: number }>;

/** The image is built from the checkout, without what it installs itself or does not need; of each workspace it keeps the manifest, which npm asks for. */
const notInTheImage = [
  '.git',
  '.tessera',
  '**/node_modules',
  '**/dist',
  'deploy/cdk.out',
  'deploy/stack',
  'docs',
  ...['test', 'bench', 'frontend'].flatMap((room) => [`${room}/*`, `!${room}/package.json`]),
];

export interface FunctionsNeeds {
  readonly key: Key;
  /** The whole checkout is the context of the image. */
  readonly checkout: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of every stage but `park`; it reaches no tenant's data by itself (see TenantRole). */
  readonly stageRole: Role;
  readonly parkRole: Role;
  readonly dispatchRole: Role;
  /** What only the dispatcher is told. */
  readonly dispatchEnvironment: Readonly<Record<string, string>>;
}

export class Functions extends Construct {
  readonly stages: Readonly<Record<TaskName, IFunction>>;
  readonly dispatch: DockerImageFunction;

  constructor(scope: Construct, id: string, needs: FunctionsNeeds) {
    super(scope, id);
    const { key, checkout, environment } = needs;
    // One image for all of them; which function it is, is said by the command.
    const image = new DockerImageAsset(this, 'Image', {
      directory: checkout,
      file: 'deploy/image/Dockerfile',
      platform: Platform.LINUX_AMD64,
      exclude: notInTheImage,
    });
    const make = (name: string, minutes: number, memory: number, role: Role) => {
      const logGroup = new LogGroup(this, `${capitalised(name)}Logs`, {
        retention: RetentionDays.THREE_MONTHS,
        encryptionKey: key,
        removalPolicy: RemovalPolicy.RETAIN,
      });
      allow(role, `Logs${capitalised(name)}`, {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      });
      return new DockerImageFunction(this, capitalised(name), {
        description: `Tessera: ${name}`,
        code: DockerImageCode.fromEcr(image.repository, {
          tagOrDigest: image.imageTag,
          cmd: [`deploy/image/handlers.${name}`],
        }),
        role: role.withoutPolicyUpdates(),
        timeout: Duration.minutes(minutes),
        memorySize: memory,
        // Scratch of the engine, and copies of the tenant's objects.
        ephemeralStorageSize: Size.gibibytes(memory > 1024 ? 8 : 2),
        architecture: Architecture.X86_64,
        tracing: Tracing.ACTIVE,
        environment: { ...environment },
        logGroup,
      });
    };
    const stage = (name: TaskName, role = needs.stageRole) =>
      make(name, stageFunctions[name].minutes, stageFunctions[name].memory, role);
    this.stages = {
      plan: stage('plan'),
      connect: stage('connect'),
      fetch: stage('fetch'),
      stage: stage('stage'),
      validate: stage('validate'),
      merge: stage('merge'),
      reconcile: stage('reconcile'),
      notify: stage('notify'),
      park: stage('park', needs.parkRole),
    };
    this.dispatch = make('dispatch', 5, 512, needs.dispatchRole);
    for (const [name, value] of Object.entries(needs.dispatchEnvironment)) this.dispatch.addEnvironment(name, value);
  }
}

export const capitalised = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;
