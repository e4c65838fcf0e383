// Parse tree → expressions with resolved columns. Sub-selects inside are handed to the caller, who knows their own FROM.
import { as, isObject, kindOf, lastName, type Node, type SelectStmt } from './ast.ts';
import { type Expr, isAggregateCall } from './expression.ts';

export interface Build {
  /** The column that a reference means; called with ['v', 'x'] or ['x'], and with '*' as the last name for stars. */
  readonly column: (path: readonly string[], node: Node) => Expr;
  /** A sub-select in an expression: what it takes from the levels around it. */
  readonly query: (select: SelectStmt) => readonly Expr[];
}

export function buildExpression(node: Node, build: Build): Expr {
  const go = (child: Node) => buildExpression(child, build);
  const list = (nodes: readonly Node[] | undefined) =>
    (nodes ?? []).flatMap((item) => (isEmpty(item) ? [] : [go(item)]));
  const reference = as(node, 'ColumnRef');
  if (reference) {
    const path = (reference.fields ?? []).map((field) => ('A_Star' in field ? '*' : (as(field, 'String')?.sval ?? '')));
    return build.column(path, node);
  }
  if ('A_Const' in node || 'ParamRef' in node || 'SQLValueFunction' in node) return { kind: 'literal', node };
  const call = as(node, 'FuncCall');
  if (call) {
    const name = lastName(call.funcname);
    const windowed =
      call.over === undefined ? [] : [...list(call.over.partitionClause), ...list(call.over.orderClause)];
    return {
      kind: 'call',
      node,
      call,
      name,
      args: list(call.args),
      rest: [...list(call.agg_order), ...windowed],
      filter: call.agg_filter && go(call.agg_filter),
      aggregate: isAggregateCall(call),
    };
  }
  const json = jsonAggregate(node);
  if (json) {
    const { name, maker } = json;
    return {
      kind: 'call',
      node,
      call: { ...(maker?.over ? { over: maker.over } : {}), location: maker?.location ?? -1 },
      name,
      args: json.args.map(go),
      rest: [...list(maker?.agg_order), ...list(maker?.over?.partitionClause), ...list(maker?.over?.orderClause)],
      filter: maker?.agg_filter && go(maker.agg_filter),
      aggregate: maker?.over === undefined,
    };
  }
  const cast = as(node, 'TypeCast');
  if (cast?.arg) {
    const plain = cast.typeName?.arrayBounds === undefined && cast.typeName?.typmods === undefined;
    return { kind: 'cast', node, type: plain ? lastName(cast.typeName?.names) : '', args: [go(cast.arg)] };
  }
  const operator = as(node, 'A_Expr');
  if (operator) {
    const right = as(operator.rexpr, 'List')?.items ?? (operator.rexpr ? [operator.rexpr] : []);
    const args = [...(operator.lexpr ? [operator.lexpr] : []), ...right].map(go);
    const form = operator.lexpr === undefined ? 'PREFIX' : (operator.kind ?? '');
    return { kind: 'operator', node, form, operator: lastName(operator.name), args };
  }
  const logic = as(node, 'BoolExpr');
  if (logic) return { kind: 'logic', node, operator: logicNames[logic.boolop ?? 'AND_EXPR'], args: list(logic.args) };
  const nullTest = as(node, 'NullTest');
  if (nullTest?.arg) return { kind: 'test', node, test: nullTest.nulltesttype ?? '', args: [go(nullTest.arg)] };
  const truth = as(node, 'BooleanTest');
  if (truth?.arg) return { kind: 'test', node, test: truth.booltesttype ?? '', args: [go(truth.arg)] };
  const choice = as(node, 'CaseExpr');
  if (choice) return buildCase(choice, node, go);
  const query = as(node, 'SubLink');
  if (query) {
    const select = as(query.subselect, 'SelectStmt');
    return {
      kind: 'query',
      node,
      args: [...(query.testexpr ? [go(query.testexpr)] : []), ...(select ? build.query(select) : [])],
    };
  }
  return { kind: 'other', node, args: childNodes(node).map(go) };
}

/** JSON_ARRAYAGG and JSON_OBJECTAGG have kinds of their own in the tree. */
function jsonAggregate(node: Node) {
  const array = as(node, 'JsonArrayAgg');
  if (array) return { name: 'json_arrayagg', maker: array.constructor, args: listOf(array.arg?.raw_expr) };
  const object = as(node, 'JsonObjectAgg');
  const value = object?.arg?.value as { raw_expr?: Node } | undefined;
  return (
    object && {
      name: 'json_objectagg',
      maker: object.constructor,
      args: [...listOf(object.arg?.key), ...listOf(value?.raw_expr)],
    }
  );
}
const listOf = (node: Node | undefined): Node[] => (node === undefined ? [] : [node]);

const logicNames = { AND_EXPR: 'AND', OR_EXPR: 'OR', NOT_EXPR: 'NOT' } as const;

function buildCase(choice: NonNullable<ReturnType<typeof as<'CaseExpr'>>>, node: Node, go: (node: Node) => Expr): Expr {
  const whens = (choice.args ?? []).flatMap((item) => as(item, 'CaseWhen') ?? []);
  const conditions = [...(choice.arg ? [choice.arg] : []), ...whens.flatMap((when) => when.expr ?? [])].map(go);
  const results = [...whens.flatMap((when) => when.result ?? []), ...(choice.defresult ? [choice.defresult] : [])].map(
    go,
  );
  return { kind: 'case', node, conditions, results, args: [...conditions, ...results] };
}

/** A list of the tree may hold nothing in a place (`a[:]`). */
function isEmpty(node: Node | undefined): boolean {
  return node === undefined || Object.keys(node).length === 0;
}

/** Nodes directly under one of a kind that the planner does not know. */
function childNodes(node: Node): Node[] {
  const body = (node as unknown as Record<string, unknown>)[kindOf(node)];
  const found: Node[] = [];
  const collect = (value: unknown) => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (isObject(value)) {
      const [key, ...more] = Object.keys(value);
      if (key !== undefined && more.length === 0 && /^[A-Z]/.test(key) && isObject(value[key])) {
        if (!leaves.has(key)) found.push(value as unknown as Node);
      } else for (const item of Object.values(value)) collect(item);
    }
  };
  collect(body);
  return found;
}
const leaves = new Set(['String', 'Integer', 'Float', 'Boolean', 'BitString', 'TypeName', 'A_Star']);

/** Name that PostgreSQL gives a column of a select list. */
export function outputName(target: { name?: string; val?: Node }): string {
  if (target.name !== undefined) return target.name;
  return innerName(target.val) ?? '?column?';
}

function innerName(node: Node | undefined): string | undefined {
  const reference = as(node, 'ColumnRef');
  if (reference) return as(reference.fields?.at(-1), 'String')?.sval;
  const call = as(node, 'FuncCall');
  if (call) return lastName(call.funcname);
  const cast = as(node, 'TypeCast');
  if (cast) return innerName(cast.arg) ?? lastName(cast.typeName?.names);
  const choice = as(node, 'CaseExpr');
  if (choice) return innerName(choice.defresult) ?? 'case';
  if (as(node, 'CoalesceExpr')) return 'coalesce';
  return undefined;
}
