// A client's text into PostgreSQL's own parse tree, within limits; places in bytes and in characters.
import { Fault } from '@tessera/base';
import { hasSqlDetails, loadModule, type ParseResult, parseSync, type ScanToken, scanSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';
import { type Node, shapeOf } from './ast.ts';

// The grammar is WebAssembly; it is there once this module is.
await loadModule();

/** What one text may hold: chosen so that the largest one is parsed and refused in well under 100 ms. */
export const limits = { bytes: 256 * 1024, words: 8_192, depth: 200, levels: 2_000 } as const;

export interface Parsed {
  readonly sql: string;
  readonly bytes: Buffer;
  readonly tree: ParseResult;
  /** Tokens without comments, made when first asked for. */
  tokens(): readonly ScanToken[];
  /** 1-based place in characters of a place in bytes; the wire counts so. */
  place(byte: number | undefined): number;
}

/** @throws Fault 42601, 54000, 54001, 22021 */
export function parse(sql: string): Parsed {
  if (sql.includes('\0') || !sql.isWellFormed()) throw new Fault('SQL_TEXT_INVALID', {});
  if (sql.length > limits.bytes) throw new Fault('SQL_TOO_LARGE', { what: 'bytes', most: limits.bytes });
  const bytes = Buffer.from(sql);
  measure(bytes);
  const tree = treeOf(sql, bytes);
  checkLevels(tree);
  let tokens: readonly ScanToken[] | undefined;
  return {
    sql,
    bytes,
    tree,
    tokens: () => {
      tokens ??= scanSync(sql).tokens.filter((token) => !token.tokenName.endsWith('COMMENT'));
      return tokens;
    },
    place: (byte) => placeOf(bytes, byte ?? 0),
  };
}

function treeOf(sql: string, bytes: Buffer): ParseResult {
  if (sql.trim() === '') return { version: 0, stmts: [] };
  try {
    return parseSync(sql);
  } catch (error) {
    if (error instanceof RangeError) throw new Fault('SQL_TOO_DEEP', {});
    if (!hasSqlDetails(error))
      throw new Fault('SQL_SYNTAX', { problem: 'syntax error', position: 1 }, { cause: error });
    const problem = error.sqlDetails?.message ?? 'syntax error';
    if (/memory exhausted|stack depth/.test(problem)) throw new Fault('SQL_TOO_DEEP', {});
    // The parser's own count of characters starts at 0.
    throw new Fault('SQL_SYNTAX', {
      problem,
      position: Math.min((error.sqlDetails?.cursorPosition ?? 0) + 1, bytes.length + 1),
    });
  }
}

/** What walks the tree recurses: how much the stack holds depends on the machine, so it is never asked. */
function checkLevels(tree: ParseResult): void {
  let level: object[] = [tree];
  for (let levels = 0; level.length > 0; levels += 1) {
    if (levels > limits.levels) throw new Fault('SQL_TOO_DEEP', {});
    level = level.flatMap((node) => Object.values(node).filter((value) => typeof value === 'object' && value !== null));
  }
}

/** Before the parser sees it: how deep the brackets go and how many words there are, both a little more than they really are. */
function measure(bytes: Buffer): void {
  if (bytes.length > limits.bytes) throw new Fault('SQL_TOO_LARGE', { what: 'bytes', most: limits.bytes });
  let depth = 0;
  let words = 0;
  let inWord = false;
  let quote = 0;
  for (const byte of bytes) {
    if (quote !== 0) {
      if (byte === quote) quote = 0;
      continue;
    }
    const letter =
      byte > 127 ||
      (byte >= 48 && byte <= 57) ||
      (byte >= 65 && byte <= 90) ||
      byte === 95 ||
      (byte >= 97 && byte <= 122);
    if (letter) {
      if (!inWord) words += 1;
      inWord = true;
      continue;
    }
    inWord = false;
    if (byte === 39 || byte === 34) quote = byte;
    if (byte > 32) words += 1;
    if (byte === 40 || byte === 91) depth += 1;
    if (byte === 41 || byte === 93) depth = Math.max(0, depth - 1);
    if (depth > limits.depth) throw new Fault('SQL_TOO_DEEP', {});
    if (words > limits.words) throw new Fault('SQL_TOO_LARGE', { what: 'words', most: limits.words });
  }
}

function placeOf(bytes: Buffer, byte: number): number {
  if (byte <= 0) return 1;
  return bytes.toString('utf8', 0, byte).length + 1;
}

/** SQL of an expression, or undefined where what was written does not read back as the same tree. */
export function sqlOf(expression: Node): string | undefined {
  try {
    const sql = deparseSync(expression);
    const again = parseSync(`select ${sql}`).stmts?.[0]?.stmt;
    const value = again && 'SelectStmt' in again ? again.SelectStmt.targetList?.[0] : undefined;
    if (value === undefined || !('ResTarget' in value)) return undefined;
    return shapeOf(value.ResTarget.val) === shapeOf(expression) && value.ResTarget.name === undefined ? sql : undefined;
  } catch {
    return undefined;
  }
}
