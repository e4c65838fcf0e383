// The stages as Lambda functions: one container image with the whole product, one entry a stage.
import { Duration } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, DockerImageCode, DockerImageFunction, type IFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Minutes and megabytes of each stage. A stage that needs longer ends in time and is continued by the next run: pages and commits are kept. */
export const stageFunctions = {
  fetch: { minutes: 15, memory: 1024 },
  stage: { minutes: 15, memory: 2048 },
  validate: { minutes: 5, memory: 1024 },
  merge: { minutes: 15, memory: 3008 },
  reconcile: { minutes: 10, memory: 2048 },
  notify: { minutes: 5, memory: 512 },
} as const;
/** The image is built from the checkout, without what it installs itself or does not need. */
const notInTheImage = [
  '**/node_modules',
  '.git',
  '**/dist',
  '.tessera',
  'deploy/cdk.out',
  'docs',
  'test',
  'bench',
  'frontend',
];
export type StageName = keyof typeof stageFunctions;

export interface FunctionsNeeds {
  readonly key: Key;
  /** Folder with the Dockerfile; the whole checkout is its context. */
  readonly checkout: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Assumed by every stage; it reaches no tenant's data by itself (see TenantRole). */
  readonly stageRole: Role;
  readonly dispatchRole: Role;
}

/** A role for functions: logs and traces, and what is added to it. */
export function functionRole(scope: Construct, id: string): Role {
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole'),
      ManagedPolicy.fromAwsManagedPolicyName('AWSXRayDaemonWriteAccess'),
    ],
  });
}

export class Functions extends Construct {
  readonly stages: Readonly<Record<StageName, IFunction>>;
  readonly dispatch: IFunction;

  constructor(scope: Construct, id: string, needs: FunctionsNeeds) {
    super(scope, id);
    const { key, checkout, environment, stageRole, dispatchRole } = needs;
    const code = (handler: string) =>
      DockerImageCode.fromImageAsset(checkout, {
        file: 'deploy/image/Dockerfile',
        cmd: [`deploy/image/handlers.${handler}`],
        exclude: notInTheImage,
      });
    const make = (name: string, minutes: number, memory: number, role: Role) =>
      new DockerImageFunction(this, capitalised(name), {
        description: `Tessera: ${name}`,
        code: code(name),
        role,
        timeout: Duration.minutes(minutes),
        memorySize: memory,
        architecture: Architecture.X86_64,
        tracing: Tracing.ACTIVE,
        environment,
        environmentEncryption: key,
        logGroup: new LogGroup(this, `${capitalised(name)}Logs`, {
          retention: RetentionDays.THREE_MONTHS,
          encryptionKey: key,
        }),
      });
    const stage = (name: StageName) => make(name, stageFunctions[name].minutes, stageFunctions[name].memory, stageRole);
    this.stages = {
      fetch: stage('fetch'),
      stage: stage('stage'),
      validate: stage('validate'),
      merge: stage('merge'),
      reconcile: stage('reconcile'),
      notify: stage('notify'),
    };
    this.dispatch = make('dispatch', 5, 512, dispatchRole);
  }
}

const capitalised = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;
