// The statements of a text: their kind, where they lie, and what the door must know of them beside their rows.
import { as, constantText, kindOf, lastName, type Node } from './ast.ts';
import type { PlannedStatement, StatementKind } from './contract.ts';
import { type Parsed, sqlOf } from './parse.ts';

export interface Described {
  readonly tree: Node;
  readonly statement: Omit<PlannedStatement, 'firstRead' | 'readCount'>;
}

/** Kinds of statement that are served; everything else is refused by the guard. */
export const kinds: Readonly<Record<string, StatementKind>> = {
  SelectStmt: 'select',
  CreateTableAsStmt: 'create-temp',
  CreateStmt: 'create-temp',
  DeclareCursorStmt: 'declare',
  ExplainStmt: 'explain',
  PrepareStmt: 'prepare',
  ExecuteStmt: 'execute',
  DeallocateStmt: 'deallocate',
  DiscardStmt: 'discard',
  VariableSetStmt: 'set',
  VariableShowStmt: 'show',
  TransactionStmt: 'transaction',
  FetchStmt: 'fetch',
  ClosePortalStmt: 'close',
  DropStmt: 'drop',
  InsertStmt: 'temp-write',
};

export function describeStatements(parsed: Parsed): Described[] {
  return (parsed.tree.stmts ?? []).flatMap(({ stmt, stmt_location, stmt_len }) => {
    if (stmt === undefined) return [];
    const startByte = stmt_location ?? 0;
    const endByte = stmt_len ? startByte + stmt_len : parsed.bytes.length;
    const span = { start: parsed.place(startByte) - 1, end: parsed.place(endByte) - 1 };
    const kind = kinds[kindOf(stmt)] ?? 'select';
    return [{ tree: stmt, statement: { kind, ...span, ...details(parsed, stmt, startByte, span.end) } }];
  });
}

type Details = Pick<PlannedStatement, 'name' | 'args' | 'inner' | 'setting' | 'explain'>;

function details(parsed: Parsed, node: Node, start: number, end: number): Details {
  const prepare = as(node, 'PrepareStmt');
  if (prepare) {
    const args = (prepare.argtypes ?? []).map((type) => sqlOfType(type));
    return {
      ...(prepare.name === undefined ? {} : { name: prepare.name }),
      args,
      inner: { start: innerStart(parsed, start, 'as'), end },
    };
  }
  const execute = as(node, 'ExecuteStmt');
  if (execute) return { name: execute.name, args: (execute.params ?? []).map((param) => sqlOf(param) ?? 'null') };
  const deallocate = as(node, 'DeallocateStmt');
  if (deallocate) return { name: deallocate.name };
  const declare = as(node, 'DeclareCursorStmt');
  if (declare) return { name: declare.portalname };
  const explain = as(node, 'ExplainStmt');
  if (explain?.query) {
    return { inner: { start: explainStart(parsed, start), end }, explain: explainOptions(explain.options ?? []) };
  }
  const set = as(node, 'VariableSetStmt');
  if (set?.name) {
    const [value] = set.args ?? [];
    return { setting: { name: set.name.toLowerCase(), value: constantText(value) ?? undefined } };
  }
  return {};
}

/** The last word counts, as with PostgreSQL. */
function explainOptions(options: readonly Node[]): PlannedStatement['explain'] {
  const said = new Map(options.map((option) => [as(option, 'DefElem')?.defname, as(option, 'DefElem')?.arg]));
  const word = (name: string) => {
    const value = said.get(name);
    return (
      as(value, 'String')?.sval ??
      (value && constantText(value)) ??
      String(as(value, 'Integer')?.ival ?? 0)
    ).toLowerCase();
  };
  const format = (['json', 'xml', 'yaml'] as const).find((one) => one === word('format')) ?? 'text';
  const isOff = said.get('analyze') !== undefined && ['false', 'off', '0'].includes(word('analyze'));
  return { analyze: said.has('analyze') && !isOff, format };
}

/** Character behind the first word `word` outside brackets. */
function innerStart(parsed: Parsed, start: number, word: string): number {
  let depth = 0;
  for (const token of parsed.tokens()) {
    if (token.start < start) continue;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text.toLowerCase() === word) return parsed.place(token.end) - 1;
  }
  return parsed.place(start) - 1;
}

const explainWords = new Set(['explain', 'analyze', 'analyse', 'verbose']);

function explainStart(parsed: Parsed, start: number): number {
  let depth = 0;
  let begun = false;
  for (const token of parsed.tokens()) {
    if (token.start < start) continue;
    const name = token.text.toLowerCase();
    if (
      depth === 0 &&
      !explainWords.has(name) &&
      !(begun && name === '(' && depth === 0 && isOptions(parsed, token.start))
    )
      return parsed.place(token.start) - 1;
    begun = true;
    if (name === '(') depth += 1;
    if (name === ')') depth -= 1;
  }
  return parsed.place(start) - 1;
}

/** `(analyze, format json)` and not `(select 1)` */
function isOptions(parsed: Parsed, at: number): boolean {
  const tokens = parsed.tokens();
  const next = tokens[tokens.findIndex((token) => token.start === at) + 1]?.text.toLowerCase() ?? '';
  return !['select', 'with', 'values', 'table', '('].includes(next);
}

function sqlOfType(type: Node): string {
  const body = as(type, 'TypeName');
  return `${lastName(body?.names)}${body?.arrayBounds ? '[]' : ''}`;
}
