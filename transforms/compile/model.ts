// What a model is: a folder with one select, its meta and its cases.
import { type Contract, Fault } from '@tessera/base';
import { modelContract } from '../contracts.ts';
import type { ColumnMeta, TableMeta } from '../table-meta.ts';
import { parseTemplate, type Template } from './template.ts';

/**
 * How a model is written:
 * - full: the select gives the whole table; the same content is not written again
 * - append: the select gives new rows, of those that its inputs gained; rows never change
 * - merge: the select gives new and changed rows, of those that its inputs gained; by key
 */
export const kinds = ['full', 'append', 'merge'] as const;
export type ModelKind = (typeof kinds)[number];

export interface Model {
  readonly name: string;
  readonly layer: 'silver' | 'gold';
  readonly kind: ModelKind;
  /** Built last, and only when another model was: for a table that describes the build itself. */
  readonly withAny: boolean;
  readonly meta: TableMeta<Record<string, ColumnMeta>>;
  readonly template: Template;
  /** One boolean: the rows that came cannot be added to the table as it is; build it whole. */
  readonly wholeWhen: Template | undefined;
  /** What others may rely on, with the version last accepted. */
  readonly contract: Contract;
  /** Text of everything that decides the table's content. */
  readonly code: string;
}

export interface ModelFiles {
  readonly name: string;
  readonly layer: 'silver' | 'gold';
  /** Path shown to people. */
  readonly file: string;
  readonly sql: string;
  readonly whole?: string | undefined;
  readonly meta: TableMeta<Record<string, ColumnMeta>>;
  /** Of its contract; 1 where none was accepted yet. */
  readonly version?: number | undefined;
}

/** Files → Model, or MODEL_TEMPLATE_INVALID, or MODEL_INVALID where the files do not fit each other. */
export function readModel(files: ModelFiles): Model {
  const refuse = (problem: string): never => {
    throw new Fault('MODEL_INVALID', { file: files.file, problem });
  };
  const template = parseTemplate(files.sql, files.file);
  const { kind = 'full', rebuild, ...odd } = template.config;
  if (!kinds.includes(kind as ModelKind)) refuse(`kind '${kind}' is none of ${kinds.join(', ')}`);
  if (rebuild !== undefined && rebuild !== 'with_any') refuse(`rebuild '${rebuild}' is not with_any`);
  if (Object.keys(odd).length > 0) refuse(`config() knows kind and rebuild, not ${Object.keys(odd).join(', ')}`);
  if (files.meta.name !== files.name) refuse(`its meta is named '${files.meta.name}' instead of '${files.name}'`);
  const wholeWhen =
    files.whole === undefined ? undefined : parseTemplate(files.whole, files.file.replace(/\.sql$/, '.whole.sql'));
  if (kind === 'full') refuseIncremental(template, refuse);
  return {
    name: files.name,
    layer: files.layer,
    kind: kind as ModelKind,
    withAny: rebuild === 'with_any',
    meta: files.meta,
    template,
    wholeWhen,
    contract: modelContract(files.meta, files.version ?? 1),
    code: JSON.stringify([
      files.sql,
      files.whole ?? null,
      files.meta.key,
      Object.entries(files.meta.columns).map(([name, c]) => [name, c.type]),
      // A next version is built whole, also where its rows are the same.
      ...((files.version ?? 1) > 1 ? [files.version] : []),
    ]),
  };
}

function refuseIncremental(template: Template, refuse: (problem: string) => never): void {
  const call = template.calls.find(({ name }) => ['added', 'this', 'is_incremental', 'is_changed'].includes(name));
  if (call) refuse(`${call.name}() is for kinds append and merge`);
}
