// How the planner and the guard look at PostgreSQL's parse tree: nodes are objects with one key, their kind.
import type { Node, SelectStmt } from 'libpg-query';

export type { Node, SelectStmt } from 'libpg-query';

type Kinds<N> = N extends unknown ? keyof N : never;
export type Kind = Kinds<Node> & string;
export type Body<K extends Kind> = Extract<Node, Record<K, unknown>>[K];

/** The node's body where it is of the kind. */
export function as<K extends Kind>(node: Node | undefined, kind: K): Body<K> | undefined {
  if (node === undefined || !(kind in node)) return undefined;
  return (node as unknown as Record<K, Body<K>>)[kind];
}

export function kindOf(node: Node): Kind {
  return Object.keys(node)[0] as Kind;
}

export function text(node: Node | undefined): string {
  return as(node, 'String')?.sval ?? '';
}

/** `pg_catalog.count` → ['pg_catalog', 'count'] */
export function names(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map(text);
}

export function lastName(nodes: readonly Node[] | undefined): string {
  return text(nodes?.at(-1));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Every node kind with its body, at any depth, in the order of the tree. `enter` returns false to stay out of a node. */
export function visit(tree: unknown, enter: (kind: string, body: Readonly<Record<string, unknown>>) => boolean): void {
  if (Array.isArray(tree)) {
    for (const item of tree) visit(item, enter);
    return;
  }
  if (!isObject(tree)) return;
  for (const [kind, body] of Object.entries(tree)) {
    if (!isObject(body)) continue;
    if (!Array.isArray(body) && /^([A-Z]|larg$|rarg$|typeName$)/.test(kind) && !enter(kind, body)) continue;
    visit(body, enter);
  }
}

/** The text of a constant as PostgreSQL would read it, null for NULL; undefined where the node is no plain constant. */
export function constantText(node: Node | undefined): string | null | undefined {
  const constant = as(node, 'A_Const');
  if (constant === undefined) return undefined;
  if (constant.isnull) return null;
  if (constant.sval) return constant.sval.sval ?? '';
  if (constant.fval) return constant.fval.fval ?? '0';
  if (constant.boolval) return constant.boolval.boolval ? 'true' : 'false';
  if (constant.bsval) return undefined;
  return String(constant.ival?.ival ?? 0);
}

export function isStar(node: Node | undefined): boolean {
  return node !== undefined && 'A_Star' in node;
}

/** `v.*`, `(row).*` */
export function isStarred(node: Node): boolean {
  return isStar((as(node, 'ColumnRef')?.fields ?? as(node, 'A_Indirection')?.indirection)?.at(-1));
}

/** Without places, so that two trees can be compared. */
export function shapeOf(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) =>
    key === 'location' || key === 'stmt_len' || /_location$|list_(start|end)$/.test(key) ? undefined : value,
  );
}

export function isSelect(body: unknown): body is SelectStmt {
  return isObject(body) && 'op' in body;
}
