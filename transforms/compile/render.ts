// Makes a model's SQL for one build: every name bound to a table of one tenant, every variable to a literal.
import type { Model } from './model.ts';
import type { Template } from './template.ts';
import { type TransformVars, varAsSql } from './vars.ts';

export interface Binding {
  readonly vars: TransformVars;
  /** SQL that can stand after `from`, for a model or a bronze table (`<source>__<stream>`). */
  table(name: string): string;
  /** The same, with only the rows that came since the last build. */
  added(name: string): string;
  /** The table that is being built, as it is now. */
  self(): string;
  readonly incremental: boolean;
  changed(name: string): boolean;
}

/** The model's select. */
export const renderModel = (model: Model, binding: Binding): string => renderTemplate(model.template, binding);

/** A template's text with its names bound. */
export function renderTemplate(template: Template, binding: Binding): string {
  return template.render({
    ref: (name) => binding.table(name ?? ''),
    source: (source, stream) => binding.table(`${source}__${stream}`),
    added: (...name) => binding.added(name.join('__')),
    this: () => binding.self(),
    var: (name) => varAsSql(binding.vars, name ?? '', template.file),
    is_incremental: () => binding.incremental,
    is_changed: (name) => binding.changed(name ?? ''),
  });
}
