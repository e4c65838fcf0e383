// A level of a statement: one SELECT that reads semantic views, its columns resolved.
import { Fault } from '@tessera/base';
import type { SemanticView } from '../contract.ts';
import type { SelectStmt } from './ast.ts';
import type { Expr, Use } from './expression.ts';
import type { Parsed } from './parse.ts';

export interface Target {
  readonly name: string;
  readonly expr: Expr;
}
export interface OrderItem {
  /** Undefined where it cannot be told which column is meant, or what comes first. */
  readonly by: Expr | undefined;
  readonly expr: Expr;
  readonly descending: boolean;
  /** NULLs come last, as they do where the layer sorts. */
  readonly nullsLast: boolean;
}
export interface Level {
  readonly select: SelectStmt;
  readonly uses: readonly Use[];
  /** The view none of whose rows the join repeats, where there is one. */
  readonly root: Use | undefined;
  /** Views of which every row of `root` has one row at most. */
  readonly lookups: ReadonlySet<Use>;
  /** All that FROM names, views and others. */
  readonly relations: number;
  readonly targets: readonly Target[];
  readonly where: Expr | undefined;
  readonly groupBy: readonly Expr[];
  readonly groupingSets: boolean;
  readonly having: Expr | undefined;
  readonly order: readonly OrderItem[];
  /** Join conditions, windows, DISTINCT ON, arguments of functions in FROM. */
  readonly others: readonly Expr[];
  /** Conditions of inner joins. */
  readonly joinedBy: readonly Expr[];
  /** What it shows is what the client gets. */
  readonly top: boolean;
}

export interface Work {
  readonly parsed: Parsed;
  readonly views: ReadonlyMap<string, SemanticView>;
  readonly levels: Level[];
  /** Sub-selects that were asked whether they can be looked through. */
  readonly transparent: Map<SelectStmt, boolean>;
  /** Those of them that join: each is read to be asked, with all below it. */
  readonly joining: Set<SelectStmt>;
}

/** Refuses, at a place of the text. */
export function notExact(work: Work, clause: string, why: string, hint: string, byte?: number): Fault {
  return new Fault('SQL_NOT_EXACT', { clause, why, hint, position: work.parsed.place(byte) });
}

export function expressionsOf(level: Level): Expr[] {
  return [
    ...level.targets.map((target) => target.expr),
    ...(level.where ? [level.where] : []),
    ...level.groupBy,
    ...(level.having ? [level.having] : []),
    ...level.order.map((item) => item.expr),
    ...level.others,
    ...level.joinedBy,
  ];
}
