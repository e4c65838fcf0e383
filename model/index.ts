// The door of model: the subjects, what Cube reads of them, and the reference that people read.
export type { Catalogue } from './catalogue.ts';
export { type Classification, classifications } from './classification.ts';
export { metricsOn, type Subject, subjectOn } from './define.ts';
export type { DescribedColumn, DescribedView, SqlType } from './describe-views.ts';
export { type ModelFile, type RenderedModel, renderModel } from './render.ts';
export { renderReference } from './render-reference.ts';
export { subjects } from './subjects.ts';
