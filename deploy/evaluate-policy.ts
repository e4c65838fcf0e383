// For tests: what a synthesised policy allows, as far as our statements go: wildcards, session tags, StringEquals and StringLike. Not IAM, but the same reading of the document.
export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  /** Values of the tags of the session and of the request's condition keys. */
  readonly context: Readonly<Record<string, string>>;
}

/** CloudFormation's functions as text; what a reference stands for is `<its name>`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(textOf).join((argument as [string])[0]);
  return name === 'Fn::GetAtt' ? `<${(argument as string[]).join('.')}>` : `<${String(argument)}>`;
}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Undefined where the pattern asks for a tag that the session does not have: then it matches nothing. */
function filledIn(pattern: string, context: PolicyRequest['context']): RegExp | undefined {
  let isKnown = true;
  const source = pattern
    .split(/(\$\{[^}]+\}|\*|\?)/)
    .map((part) => {
      if (part === '*') return '.*';
      if (part === '?') return '.';
      const variable = /^\$\{(.+)\}$/.exec(part)?.[1];
      if (variable === undefined) return escaped(part);
      isKnown &&= context[variable] !== undefined;
      return escaped(context[variable] ?? '');
    })
    .join('');
  return isKnown ? new RegExp(`^${source}$`, 's') : undefined;
}

const conditionHolds = (operator: string, key: string, wanted: unknown, context: PolicyRequest['context']) => {
  if (operator !== 'StringEquals' && operator !== 'StringLike') throw new Error(`${operator} is not known here`);
  const given = context[key];
  return given !== undefined && list(wanted).some((one) => filledIn(textOf(one), context)?.test(given));
};

/** True where a statement allows it and none denies it. */
export function isAllowed(
  statements: readonly PolicyStatement[],
  { action, resource, context }: PolicyRequest,
): boolean {
  const met = statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      list(Action).some((one) => filledIn(String(one), context)?.test(action)) &&
      list(Resource).some((one) => filledIn(textOf(one), context)?.test(resource)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, key, wanted, context)),
      ),
  );
  return met.some(({ Effect }) => Effect === 'Allow') && !met.some(({ Effect }) => Effect === 'Deny');
}
