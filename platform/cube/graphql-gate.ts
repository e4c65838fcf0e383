// GraphQL documents before Cube sees them: Cube drops what it does not understand without a word, so only what it understands passes.
import { Fault } from '@tessera/base';
import type { Rights } from '@tessera/security';
import { type DocumentNode, type FieldNode, parse, type SelectionNode, type SelectionSetNode } from 'graphql';
import { z } from 'zod';

const bodySchema = z.strictObject({
  query: z.string().min(1).max(20_000),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().max(200).nullish(),
});
export type GraphQlBody = z.infer<typeof bodySchema>;

const maxRootFields = 5;
const maxTokens = 2_000;

const refuse = (problem: string): never => {
  throw new Fault('GRAPHQL_REFUSED', { problem });
};

/** unknown → a body with one query of visible members, or GRAPHQL_REFUSED / MEMBER_DENIED. The query itself passes the gate again as Cube reads it. */
export function gateGraphQl(body: unknown, rights: Pick<Rights, 'members'>): GraphQlBody {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success)
    throw new Fault('GRAPHQL_REFUSED', { problem: 'the body must be { query, variables?, operationName? }' });
  const [operation, ...others] = read(parsed.data.query).definitions;
  if (!operation || others.length > 0 || operation.kind !== 'OperationDefinition' || operation.operation !== 'query') {
    return refuse('send one query, without fragments, mutations or subscriptions');
  }
  const roots = fieldsOf(operation.selectionSet);
  if (roots.length > maxRootFields) refuse(`at most ${maxRootFields} questions in one document`);
  const keys = roots.map((root) => root.alias?.value ?? root.name.value);
  // Two fields under one name are merged by GraphQL, and Cube answers the first only.
  if (new Set(keys).size < keys.length) refuse('give every question an alias of its own');
  const unknown = roots.flatMap((root) => unknownMembers(root, rights));
  if (unknown.length > 0) throw new Fault('MEMBER_DENIED', { members: [...new Set(unknown)], rule: 'default-deny' });
  return parsed.data;
}

function read(text: string): DocumentNode {
  // Every token takes at least a character, so a bound on punctuation bounds nesting before anything is parsed.
  if ((text.match(/[{}()[\]:@$!,]|\w+/g)?.length ?? 0) > maxTokens) return refuse('it is too long');
  try {
    return parse(text, { noLocation: true });
  } catch {
    return refuse('it is not valid GraphQL');
  }
}

function fieldsOf(set: SelectionSetNode | undefined): readonly FieldNode[] {
  return (set?.selections ?? []).filter(isServedField).filter((field) => field.name.value !== '__typename');
}

function isServedField(selection: SelectionNode): selection is FieldNode {
  // Cube leaves fragments out and reads directives only half, so an answer would lack what was asked for.
  if (selection.kind !== 'Field') return refuse('fragments are not served');
  if (selection.directives?.length) return refuse('directives are not served');
  if (selection.name.value === '__schema' || selection.name.value === '__type') return refuse('introspection is off');
  return true;
}

function unknownMembers(root: FieldNode, { members: { measures, dimensions } }: Pick<Rights, 'members'>): string[] {
  if (root.name.value !== 'cube') return refuse("the only question is 'cube'");
  const views = fieldsOf(root.selectionSet);
  if (views.some((view) => view.alias)) refuse('only questions may have an alias');
  return views.flatMap((view) =>
    fieldsOf(view.selectionSet).flatMap((field) => {
      if (field.alias) refuse('only questions may have an alias');
      const name = `${view.name.value}.${field.name.value}`;
      fieldsOf(field.selectionSet);
      return measures.has(name) || dimensions.has(name) ? [] : [name];
    }),
  );
}
