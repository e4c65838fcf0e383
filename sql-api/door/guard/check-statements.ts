// The main wall: only statements, functions, settings, types and names that are known to be harmless pass. Works on the parse tree, never on the text.
import { Fault } from '@tessera/base';
import type { SemanticView } from '../contract.ts';
import { as, constantText, isObject, kindOf, lastName, type Node, names, text, visit } from '../plan/ast.ts';
import type { Parsed } from '../plan/parse.ts';
import { kinds } from '../plan/statements.ts';
import { allowedFunctions } from './allowed-functions.ts';
import { allowedSettings } from './allowed-settings.ts';

type Body = Readonly<Record<string, unknown>>;
interface Look {
  readonly parsed: Parsed;
  readonly views: ReadonlyMap<string, SemanticView>;
  /** Byte where the statement begins, for nodes without a place of their own. */
  readonly begin: number;
}

/** @throws Fault 42501, 25006, 22023 */
export function checkStatements(parsed: Parsed, views: ReadonlyMap<string, SemanticView>): void {
  for (const { stmt, stmt_location } of parsed.tree.stmts ?? []) {
    if (stmt === undefined) continue;
    const look: Look = { parsed, views, begin: stmt_location ?? 0 };
    checkNode(look, kindOf(stmt), (stmt as unknown as Record<string, Body>)[kindOf(stmt)] ?? {});
    visit(stmt, (kind, body) => {
      checkNode(look, kind, body);
      return true;
    });
  }
}

/** Its first word; only looked for when something is refused, because reading all words of a long text takes its time. */
function startOf({ parsed, begin }: Look): number {
  return parsed.tokens().find((token) => token.start >= begin)?.start ?? begin;
}

const at = (look: Look, body: Body, key = 'location') =>
  look.parsed.place(
    typeof body[key] === 'number' && (body[key] as number) >= 0 ? (body[key] as number) : startOf(look),
  );

function checkNode(look: Look, kind: string, body: Body): void {
  const rule = Object.hasOwn(rules, kind) ? rules[kind] : undefined;
  if (rule) rule(look, body);
  else if (/Stmt$/.test(kind) && !Object.hasOwn(kinds, kind)) refuseStatement(look, kind);
}

/** Statements that change something are told so; the rest is simply not served. */
const writes = new Set(['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'TruncateStmt']);
function refuseStatement(look: Look, kind: string): never {
  const statement = statementName(kind);
  throw new Fault(writes.has(kind) ? 'SQL_READ_ONLY' : 'SQL_STATEMENT_REFUSED', {
    statement,
    position: look.parsed.place(startOf(look)),
  });
}

function statementName(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}

const refusedTypes = new Set(['regrole', 'regdatabase', 'xml', 'txid_snapshot', 'pg_snapshot']);
const schemas = new Set(['pg_catalog', 'information_schema', 'public']);

const rules: Readonly<Record<string, (look: Look, body: Body) => void>> = {
  FuncCall: (look, body) => {
    const path = names(body.funcname as Node[]);
    const name = path.at(-1) ?? '';
    const schema = path.at(-2);
    if (allowedFunctions.has(name) && (schema === undefined || schemas.has(schema)) && path.length <= 2) return;
    throw new Fault('SQL_FUNCTION_REFUSED', { name, position: at(look, body) });
  },
  TypeName: (look, body) => refuseType(look, body),
  typeName: (look, body) => refuseType(look, body),
  A_Expr: (look, body) => {
    const [schema] = names(body.name as Node[]);
    if (Array.isArray(body.name) && body.name.length > 1 && schema !== 'pg_catalog')
      throw new Fault('SQL_NAME_REFUSED', {
        name: `operator ${schema}.${lastName(body.name as Node[])}`,
        position: at(look, body),
      });
  },
  RangeVar: (look, body) => {
    const schema = body.schemaname as string | undefined;
    const fine = schema === undefined || schemas.has(schema) || /^pg_temp(_\d+)?$/.test(schema);
    if (!fine || body.catalogname !== undefined)
      throw new Fault('SQL_NAME_REFUSED', { name: `schema ${schema}`, position: at(look, body) });
  },
  SelectStmt: (look, body) => {
    const into = body.intoClause as { rel?: Body } | undefined;
    if (into) requireTemporary(look, into.rel);
  },
  CreateTableAsStmt: (look, body) => {
    if (body.objtype !== undefined && body.objtype !== 'OBJECT_TABLE') refuseStatement(look, 'CreateMatViewStmt');
    requireTemporary(look, (body.into as { rel?: Body } | undefined)?.rel);
    if (as(body.query as Node, 'ExecuteStmt')) refuseStatement(look, 'CreateTableAsExecuteStmt');
  },
  CreateStmt: (look, body) => {
    requireTemporary(look, body.relation as Body);
    for (const element of (body.tableElts as Node[] | undefined) ?? []) {
      const column = as(element, 'ColumnDef');
      if (
        column === undefined ||
        (column.constraints ?? []).some(
          (constraint) => !/NULL|PRIMARY|UNIQUE/.test(as(constraint, 'Constraint')?.contype ?? ''),
        )
      )
        refuseStatement(look, 'CreateStmt');
    }
    if (body.inhRelations !== undefined || body.partspec !== undefined || body.tablespacename !== undefined)
      refuseStatement(look, 'CreateStmt');
  },
  InsertStmt: (look, body) => {
    const relation = body.relation as Body | undefined;
    const schema = relation?.schemaname as string | undefined;
    const temporary = schema === undefined ? !look.views.has(String(relation?.relname)) : schema.startsWith('pg_temp');
    if (!temporary || body.onConflictClause !== undefined || body.withClause !== undefined) refuseWrite(look, 'INSERT');
  },
  DropStmt: (look, body) => {
    const one = ((body.objects as Node[] | undefined) ?? []).map((object) => names(as(object, 'List')?.items));
    if (body.removeType !== 'OBJECT_TABLE') refuseStatement(look, 'DropStmt');
    if (one.some((path) => look.views.has(path.at(-1) ?? '') && (path.length === 1 || path[0] === 'public')))
      refuseWrite(look, 'DROP TABLE');
    if (one.some((path) => path.length > 1 && !/^(pg_temp|public)/.test(path[0] ?? '')))
      refuseStatement(look, 'DropStmt');
  },
  VariableSetStmt: (look, body) => checkSetting(look, body),
  TransactionStmt: (look, body) => {
    if (/PREPARE/.test(String(body.kind))) refuseStatement(look, 'TwoPhaseStmt');
  },
  CommonTableExpr: (look, body) => {
    const query = body.ctequery as Node | undefined;
    if (query && !('SelectStmt' in query)) refuseWrite(look, 'a statement that writes in WITH');
  },
  DeclareCursorStmt: () => {},
  ExplainStmt: (look, body) => {
    const query = body.query as Node | undefined;
    if (query && !['SelectStmt', 'ExecuteStmt', 'CreateTableAsStmt', 'DeclareCursorStmt'].includes(kindOf(query)))
      refuseStatement(look, kindOf(query));
  },
  PrepareStmt: (look, body) => {
    const query = body.query as Node | undefined;
    if (query && !('SelectStmt' in query)) refuseStatement(look, `Prepare${kindOf(query)}`);
  },
};

function refuseWrite(look: Look, statement: string): never {
  throw new Fault('SQL_READ_ONLY', { statement, position: look.parsed.place(startOf(look)) });
}

function requireTemporary(look: Look, relation: Body | undefined): void {
  if (relation?.relpersistence === 't' || String(relation?.schemaname ?? '').startsWith('pg_temp')) return;
  throw new Fault('SQL_READ_ONLY', {
    statement: 'CREATE TABLE (only CREATE TEMP TABLE is served)',
    position: at(look, relation ?? {}),
  });
}

function refuseType(look: Look, body: Body): void {
  const path = names(body.names as Node[] | undefined);
  const name = (path.at(-1) ?? '').replace(/^_/, '');
  const schema = path.length > 1 ? path.at(-2) : undefined;
  const fine =
    schema === undefined || schema === 'pg_catalog' || schema === 'public' || schema === 'information_schema';
  if (refusedTypes.has(name) || !fine || path.length > 2)
    throw new Fault('SQL_NAME_REFUSED', { name: `type ${name}`, position: at(look, body) });
}

function checkSetting(look: Look, body: Body): void {
  const name = String(body.name ?? '').toLowerCase();
  const position = look.parsed.place(startOf(look));
  if (body.kind === 'VAR_RESET_ALL') return;
  if (body.kind === 'VAR_SET_MULTI') {
    if (/^(transaction|session characteristics)$/.test(name)) return;
    throw new Fault('SQL_SETTING_REFUSED', { name, position });
  }
  const rule = Object.hasOwn(allowedSettings, name) ? allowedSettings[name] : undefined;
  if (rule === undefined) throw new Fault('SQL_SETTING_REFUSED', { name, position });
  if (body.kind !== 'VAR_SET_VALUE') return;
  const values = ((body.args as Node[] | undefined) ?? []).map((arg) => settingText(arg));
  if (!rule.fits(values)) throw new Fault('SQL_SETTING_INVALID', { name, takes: rule.takes, position });
}

/** `SET TIME ZONE INTERVAL …` and the like are no plain text, which no rule takes. */
function settingText(node: Node): string {
  const constant = constantText(node);
  if (typeof constant === 'string') return constant;
  return isObject(node) && 'String' in node ? text(node) : '\u0000';
}
