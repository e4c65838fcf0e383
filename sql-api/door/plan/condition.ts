// WHERE: which of its conjuncts become filters of the question, and how the text looks without them.
import type { ScanToken } from 'libpg-query';
import { isObject, type Node } from './ast.ts';
import type { Probes } from './constant.ts';
import { truthOf } from './constant-truth.ts';
import type { Edit } from './edit.ts';
import { type Expr, some, type Use } from './expression.ts';
import { filterOf } from './filter.ts';
import type { Filter } from './filter-parts.ts';
import { type Parsed, sqlOf } from './parse.ts';

export interface Condition {
  readonly filters: ReadonlyMap<Use, readonly Filter[]>;
  readonly segments: ReadonlyMap<Use, readonly string[]>;
  /** What PostgreSQL computes still. */
  readonly residual: readonly Expr[];
  readonly edits: readonly Edit[];
}

/**
 * @param owned The views whose rows the condition may choose before they are fetched.
 * @param alone The view that FROM names and nothing else.
 */
export function splitCondition(
  parsed: Parsed,
  where: Expr | undefined,
  owned: readonly Use[],
  probes: Probes,
  alone?: Use,
): Condition {
  const conjuncts =
    where === undefined ? [] : where.kind === 'logic' && where.operator === 'AND' ? where.args : [where];
  const filters = new Map<Use, Filter[]>();
  const segments = new Map<Use, string[]>();
  const pushed = new Set<Expr>();
  for (const conjunct of conjuncts) {
    const truth = truthOf(conjunct);
    if (truth !== undefined && alone !== undefined) {
      append(filters, alone, () => truth);
      pushed.add(conjunct);
      continue;
    }
    const segment = segmentOf(conjunct);
    const owner = segment?.use ?? owned.find((use) => mentions(conjunct, use));
    if (owner === undefined || !owned.includes(owner)) continue;
    if (segment) {
      append(segments, owner, `${owner.view.name}.${segment.column.name}`);
      pushed.add(conjunct);
      continue;
    }
    const filter = filterOf(conjunct, owner, probes);
    if (filter === undefined) continue;
    append(filters, owner, filter);
    pushed.add(conjunct);
  }
  if (where === undefined || pushed.size === 0) return { filters, segments, residual: conjuncts, edits: [] };
  const residual = conjuncts.filter((conjunct) => !pushed.has(conjunct));
  const edits = withoutPushed(parsed, where, conjuncts, pushed);
  return edits
    ? { filters, segments, residual, edits }
    : { filters: new Map(), segments: new Map(), residual: conjuncts, edits: [] };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function mentions(expr: Expr, use: Use): boolean {
  return some(expr, (part) => part.kind === 'column' && part.use === use);
}

/** `WHERE seg`, `seg = true`, `seg IS TRUE` */
function segmentOf(expr: Expr): Extract<Expr, { kind: 'column' }> | undefined {
  if (expr.kind === 'column') return expr.column.kind === 'segment' ? expr : undefined;
  if (expr.kind === 'test' && expr.test === 'IS_TRUE') return segmentOf(expr.args[0]);
  if (expr.kind !== 'operator' || expr.form !== 'AEXPR_OP' || expr.operator !== '=' || expr.args.length !== 2)
    return undefined;
  const [left, right] = expr.args;
  const isTrue = right?.kind === 'literal' && /"boolval":true|"sval":"(t|true)"/.test(JSON.stringify(right.node));
  return left?.kind === 'column' && isTrue ? segmentOf(left) : undefined;
}

/** Least and greatest place in the text that a part of the tree names. */
function placesOf(tree: unknown): { readonly first: number; readonly last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  const look = (value: unknown) => {
    if (Array.isArray(value)) for (const item of value) look(item);
    else if (isObject(value))
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'location' && typeof inner === 'number' && inner >= 0) {
          first = Math.min(first, inner);
          last = Math.max(last, inner);
        } else look(inner);
      }
  };
  look(tree);
  return { first, last };
}

const clauses = new Set([
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'fetch',
  'union',
  'intersect',
  'except',
  'window',
  'for',
  'on',
  'returning',
]);
const word = (token: ScanToken | undefined) =>
  token === undefined || token.keywordKind === 0 ? '' : token.text.toLowerCase();

/** Tokens of the WHERE clause that holds this tree, without the word WHERE. */
function clauseTokens(tokens: readonly ScanToken[], first: number): readonly ScanToken[] {
  let start = tokens.findIndex((token) => token.start >= first);
  while (start > 0 && word(tokens[start - 1]) !== 'where') start -= 1;
  let depth = 0;
  let end = start;
  for (; end < tokens.length; end += 1) {
    const token = tokens[end]!;
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth < 0 || (depth === 0 && (token.text === ';' || clauses.has(word(token))))) break;
  }
  return tokens.slice(start, end);
}

/** The tokens between the ANDs that join the conjuncts; ANDs of BETWEEN and of CASE are none of them. */
function pieces(tokens: readonly ScanToken[]): ScanToken[][] {
  const found: ScanToken[][] = [[]];
  let depth = 0;
  let between = 0;
  for (const token of tokens) {
    const name = word(token);
    if (token.text === '(' || token.text === '[' || name === 'case') depth += 1;
    if (token.text === ')' || token.text === ']' || name === 'end') depth -= 1;
    if (depth === 0 && name === 'between') between += 1;
    if (depth === 0 && name === 'and') {
      if (between === 0) {
        found.push([]);
        continue;
      }
      between -= 1;
    }
    found.at(-1)!.push(token);
  }
  return found;
}

function withoutPushed(
  parsed: Parsed,
  where: Expr,
  conjuncts: readonly Expr[],
  pushed: ReadonlySet<Expr>,
): Edit[] | undefined {
  const { first } = placesOf(where.node);
  if (!Number.isFinite(first)) return undefined;
  const tokens = clauseTokens(parsed.tokens(), first);
  const parts = pieces(tokens);
  const fits =
    parts.length === conjuncts.length &&
    conjuncts.every((conjunct, i) => {
      const places = placesOf(conjunct.node);
      return (
        (parts[i]?.[0]?.start ?? Number.POSITIVE_INFINITY) <= places.first &&
        places.last <= (parts[i]?.at(-1)?.end ?? -1)
      );
    });
  if (fits)
    return conjuncts.flatMap((conjunct, i) =>
      pushed.has(conjunct) ? [{ start: parts[i]![0]!.start, end: parts[i]!.at(-1)!.end, text: 'true' }] : [],
    );
  const whole = { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
  const rest = conjuncts.filter((conjunct) => !pushed.has(conjunct));
  if (rest.length === 0) return [{ ...whole, text: 'true' }];
  // Brackets around several ANDs: the rest is written anew, unless a sub-select in it has edits of its own.
  if (rest.some((conjunct) => some(conjunct, (part) => part.kind === 'query'))) return undefined;
  const texts = rest.map((conjunct) => sqlOf(withoutSchema(conjunct.node)));
  return texts.some((text) => text === undefined)
    ? undefined
    : [{ ...whole, text: texts.map((text) => `(${text})`).join(' and ') }];
}

/** `public.v.x` → `v.x`: the rows that take the view's place have its name and no schema. */
function withoutSchema(node: Node): Node {
  const text = JSON.stringify(node, (key, value: unknown) =>
    key === 'fields' && Array.isArray(value) && value.length > 2 ? value.slice(-2) : value,
  );
  return JSON.parse(text) as Node;
}
