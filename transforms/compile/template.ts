// Reads a model's template: a tiny, closed part of the nunjucks language, so that a template can do nothing but name tables and variables.
import { Fault } from '@tessera/base';
import nunjucks from 'nunjucks';
import type { AstNode } from './nunjucks-ast.ts';

/** Functions that a template may call, with the number of text arguments each takes. */
const vocabulary: Readonly<Record<string, readonly number[]>> = {
  ref: [1],
  source: [2],
  added: [1, 2],
  this: [0],
  var: [1],
  is_incremental: [0],
  is_changed: [1],
  config: [0],
};

/** Nodes that may occur; each function of them is checked below. Everything else (member access, loops, sets, macros, includes, filters, regular expressions) is refused. */
const structure = new Set(['Root', 'NodeList', 'Output', 'TemplateData', 'If', 'Not', 'And', 'Or']);

export interface TemplateCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
}
export interface Template {
  readonly file: string;
  readonly calls: readonly TemplateCall[];
  readonly config: Readonly<Record<string, string>>;
  /** The text that the functions make of the template. */
  render(functions: Readonly<Record<string, (...args: string[]) => string | boolean>>): string;
}

// `sql` is the only place that turns a template into text; autoescape would make entities of quotes.
const environment = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true });

/** Template text → Template, or MODEL_TEMPLATE_INVALID with file and line. */
export function parseTemplate(text: string, file: string): Template {
  const refuse = (node: { readonly lineno: number }, problem: string): never => {
    throw new Fault('MODEL_TEMPLATE_INVALID', { file, line: node.lineno + 1, problem });
  };
  const calls: TemplateCall[] = [];
  const config: Record<string, string> = {};
  const visit = (node: AstNode): void => {
    if (node.typename === 'FunCall') {
      const call = readCall(node, refuse);
      calls.push(call);
      if (call.name === 'config') Object.assign(config, readKeywords(node, refuse));
      return;
    }
    if (!structure.has(node.typename)) refuse(node, `'${node.typename}' is not part of the language of models`);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseNodes(text, file));
  const compiled = new nunjucks.Template(text, environment, file, true);
  return { file, calls, config, render: (functions) => compiled.render({ ...functions, config: () => '' }) };
}

function parseNodes(text: string, file: string): AstNode {
  try {
    return (nunjucks as unknown as { parser: { parse(text: string): AstNode } }).parser.parse(text);
  } catch (error) {
    const at = error as { lineno?: number; message: string };
    throw new Fault(
      'MODEL_TEMPLATE_INVALID',
      { file, line: at.lineno ?? 1, problem: 'not a template' },
      { cause: error },
    );
  }
}

function readCall(node: AstNode, refuse: (node: AstNode, problem: string) => never): TemplateCall {
  const target = node.name;
  if (target?.typename !== 'Symbol') return refuse(node, 'only a function may be called, by its name');
  const name = String(target.value);
  const counts = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  if (!counts) return refuse(node, `there is no function '${name}'; there are ${Object.keys(vocabulary).join(', ')}`);
  const args = (node.args?.children ?? []).filter((arg) => arg.typename !== 'KeywordArgs');
  if (name !== 'config' && args.length !== (node.args?.children ?? []).length)
    refuse(node, `${name}() takes no named arguments`);
  if (!counts.includes(args.length)) refuse(node, `${name}() takes ${counts.join(' or ')} arguments`);
  return { name, args: args.map((arg) => readText(arg, refuse)), line: node.lineno + 1 };
}

function readKeywords(node: AstNode, refuse: (node: AstNode, problem: string) => never): Record<string, string> {
  const pairs = (node.args?.children ?? []).flatMap((arg) => arg.children ?? []);
  return Object.fromEntries(pairs.map((pair) => [String(pair.key?.value), readText(pair.value as AstNode, refuse)]));
}

function readText(node: AstNode, refuse: (node: AstNode, problem: string) => never): string {
  return node.typename === 'Literal' && typeof node.value === 'string'
    ? node.value
    : refuse(node, "an argument is a text in quotes, such as ref('okta_users')");
}

function childrenOf(node: AstNode): AstNode[] {
  const own = [node.cond, node.body, node.else_, node.left, node.right, node.target].filter((child) => child != null);
  return [...(node.children ?? []), ...own];
}
