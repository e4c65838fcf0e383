// The graph of models: every name resolved, no circle, and an order in which to build.
import { Fault } from '@tessera/base';
import type { Model } from './model.ts';
import { nearest } from './nearest.ts';
import type { TemplateCall } from './template.ts';

export interface Project {
  /** In an order in which every model comes after those that it refers to. */
  readonly models: readonly Model[];
}

/** Tables that a model reads: names of models, and of bronze tables as `<source>__<stream>`. */
export function inputsOf(model: Model): readonly string[] {
  const calls = [...model.template.calls, ...(model.wholeWhen?.calls ?? [])];
  return [...new Set(calls.map(tableOf).filter((name) => name !== undefined))].sort();
}

/** Variables that a model reads. */
export function varsOf(model: Model): readonly string[] {
  const calls = [...model.template.calls, ...(model.wholeWhen?.calls ?? [])];
  return [...new Set(calls.filter(({ name }) => name === 'var').map(({ args }) => args[0] ?? ''))].sort();
}

/** Gold tables made from a model through others, itself where it is gold. */
export function downstreamOf(models: readonly Model[], name: string): readonly string[] {
  const found = new Set([name]);
  const next = () => models.filter((one) => !found.has(one.name) && inputsOf(one).some((input) => found.has(input)));
  for (let more = next(); more.length > 0; more = next()) for (const one of more) found.add(one.name);
  return models.filter((one) => one.layer === 'gold' && found.has(one.name)).map((one) => one.name);
}

const readers = new Set(['ref', 'source', 'added', 'is_changed']);
function tableOf(call: TemplateCall): string | undefined {
  return readers.has(call.name) ? call.args.join('__') : undefined;
}

/** Models → Project. Refuses MODEL_REF_UNKNOWN and MODEL_CYCLE, both with file and line. */
export function orderModels(models: readonly Model[], bronze: readonly string[]): Project {
  const byName = new Map(models.map((model) => [model.name, model]));
  for (const model of models) checkNames(model, byName, bronze);
  const done = new Set<string>();
  const order: Model[] = [];
  const visit = (model: Model, trail: readonly string[]): void => {
    if (done.has(model.name)) return;
    for (const call of model.template.calls) {
      const next = byName.get(tableOf(call) ?? '');
      if (!next) continue;
      const step = [...trail, `${model.name} (${model.template.file}:${call.line})`];
      const start = trail.findIndex((one) => one.startsWith(`${next.name} (`));
      if (start >= 0 || next === model)
        throw new Fault('MODEL_CYCLE', { path: [...step.slice(Math.max(start, 0)), next.name].join(' -> ') });
      visit(next, step);
    }
    done.add(model.name);
    order.push(model);
  };
  for (const model of models) visit(model, []);
  return { models: [...order.filter((model) => !model.withAny), ...order.filter((model) => model.withAny)] };
}

function checkNames(model: Model, byName: ReadonlyMap<string, Model>, bronze: readonly string[]): void {
  for (const template of [model.template, ...(model.wholeWhen ? [model.wholeWhen] : [])]) {
    for (const call of template.calls) {
      const table = tableOf(call);
      if (table === undefined) continue;
      const isSource = call.args.length === 2;
      const known = isSource ? bronze : [...byName.keys()];
      const at = { file: template.file, line: call.line };
      if (!known.includes(table))
        throw new Fault('MODEL_REF_UNKNOWN', {
          ...at,
          name: table,
          meant: nearest(table, [...byName.keys(), ...bronze]),
        });
      // Only tables that grow can tell what they gained; a merged or rewritten one cannot.
      if (call.name === 'added' && !isSource && byName.get(table)?.kind !== 'append')
        throw new Fault('MODEL_TEMPLATE_INVALID', { ...at, problem: `added('${table}') needs a model of kind append` });
    }
  }
}
