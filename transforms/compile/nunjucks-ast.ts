// The part of nunjucks' syntax tree that we read; its own types leave the parser out.
export interface AstNode {
  readonly typename: string;
  readonly lineno: number;
  readonly value?: unknown;
  readonly children?: readonly AstNode[];
  readonly name?: AstNode;
  readonly args?: AstNode;
  readonly key?: AstNode;
  readonly cond?: AstNode | null;
  readonly body?: AstNode | null;
  readonly else_?: AstNode | null;
  readonly left?: AstNode | null;
  readonly right?: AstNode | null;
  readonly target?: AstNode | null;
}
