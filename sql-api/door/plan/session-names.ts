// In charge of the words CURRENT_USER, CURRENT_CATALOG and their like: PostgreSQL would answer with the opaque names behind the door.
import { isObject } from './ast.ts';
import type { Edit } from './edit.ts';
import type { Parsed } from './parse.ts';

/** Functions of the schema door; each is named like its word, so that the result's column keeps its name. */
export const sessionNames: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
};

/** Puts calls in the place of the words, in the tree (which is changed) and, by the edits, in the text. */
export function replaceSessionNames(parsed: Parsed): Edit[] {
  const edits: Edit[] = [];
  const walk = (tree: unknown): void => {
    if (!isObject(tree)) return;
    const found = tree.SQLValueFunction;
    const name = isObject(found) ? sessionNames[String(found.op)] : undefined;
    if (!isObject(found) || name === undefined) {
      for (const part of Object.values(tree)) walk(part);
      return;
    }
    const start = Number(found.location ?? 0);
    const word = parsed.tokens().find((token) => token.start === start);
    edits.push({ start, end: word?.end ?? start, text: `door."${name}"()` });
    const node = tree as Record<string, unknown>;
    delete node.SQLValueFunction;
    node.FuncCall = {
      funcname: ['door', name].map((sval) => ({ String: { sval } })),
      funcformat: 'COERCE_EXPLICIT_CALL',
      location: start,
    };
  };
  walk(parsed.tree.stmts);
  return edits;
}
