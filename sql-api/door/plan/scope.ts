// Names in sight: the relations of FROM, of the levels around it, and WITH queries; and what a column's name means there.
import type { Node, SelectStmt } from './ast.ts';
import type { Expr, Use } from './expression.ts';
import type { Tree } from './lookups.ts';

export interface Relation {
  readonly alias: string;
  /** Undefined: any name may be one of its columns. */
  readonly columns: ReadonlyMap<string, Expr | undefined> | undefined;
  /** The views whose rows it shows: several where a sub-select looks one up for the other. */
  readonly uses: readonly Use[];
}
export interface Scope {
  readonly relations: Relation[];
  readonly parent: Scope | undefined;
}
export interface Cte {
  readonly select: SelectStmt | undefined;
  readonly env: Env;
  readonly inline: boolean;
  readonly columns: readonly string[] | undefined;
}
export type Env = ReadonlyMap<string, Cte>;

export interface From {
  readonly scope: Scope;
  readonly others: Expr[];
  readonly joinedBy: Expr[];
  /** Views that are joined so that they repeat no row of one of them. */
  trees: readonly Tree[];
}

export function resolve(scope: Scope, path: readonly string[], node: Node): Expr {
  const name = path.at(-1) ?? '';
  const table = path.at(-2);
  const foreign = (outer: boolean): Expr => ({ kind: 'foreign', node, outer });
  const rows = (relations: readonly Relation[]): Expr => ({
    kind: 'other',
    node,
    args: relations.flatMap((relation): Expr[] => {
      const [use, ...more] = relation.uses;
      if (use === undefined) return [foreign(!scope.relations.includes(relation))];
      // Of several views it has only what it lists.
      return more.length === 0
        ? [{ kind: 'row', use, node }]
        : [...(relation.columns?.values() ?? [])].flatMap((expr) => expr ?? []);
    }),
  });
  const maybe: Expr[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (table !== undefined) {
      const named = at.relations.find((relation) => relation.alias === table);
      if (named === undefined) continue;
      if (name === '*') return rows([named]);
      return placed(named.columns?.get(name), node) ?? foreign(at !== scope);
    }
    if (name === '*') return rows(at.relations);
    const owner = at.relations.find((relation) => relation.columns?.has(name));
    if (owner) {
      const found = placed(owner.columns?.get(name), node) ?? foreign(at !== scope);
      return maybe.length === 0 ? found : { kind: 'other', node, args: [...maybe.map(() => foreign(true)), found] };
    }
    const whole = at.relations.find((relation) => relation.alias === name);
    if (whole) return rows([whole]);
    // A table whose columns are not known may own the name; what it hides further out is counted as used, to be safe.
    if (at.relations.some((relation) => relation.columns === undefined)) maybe.push(foreign(at !== scope));
  }
  return maybe[0] ?? foreign(false);
}

function placed(expr: Expr | undefined, node: Node): Expr | undefined {
  return expr?.kind === 'column' ? { ...expr, node } : expr;
}
