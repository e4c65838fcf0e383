// The CDK application: one stack, checked against the AWS Solutions rules before anything is written.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeRules } from './acknowledged-rules.ts';
import { TesseraStack } from './stack/tessera-stack.ts';

export interface AppSettings {
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the templates go; the CDK's own choice where not set. */
  readonly outdir?: string;
}

/** Makes the application; `synth()` of it throws where a rule is broken and not acknowledged with its reason. */
export function createApp({ context = {}, outdir }: AppSettings = {}): App {
  const app = new App({ context: { ...context }, ...(outdir ? { outdir } : {}) });
  const stack = new TesseraStack(app, 'Tessera', {
    alarmEmail: String(app.node.tryGetContext('alarmEmail') ?? 'operations@example.com'),
    monthlyBudgetUsd: Number(app.node.tryGetContext('monthlyBudgetUsd') ?? 500),
  });
  acknowledgeRules(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  return app;
}
