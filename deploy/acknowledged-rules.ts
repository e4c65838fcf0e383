// Rules of the AWS Solutions pack that do not hold here, each with its reason. A rule that is not in this table fails the synthesis.
import { type Stack, Validations } from 'aws-cdk-lib';

export const acknowledged: readonly { readonly id: string; readonly reason: string }[] = [];

export function acknowledgeRules(stack: Stack): void {
  for (const one of acknowledged) Validations.of(stack).acknowledge(one);
}
