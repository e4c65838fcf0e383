// What policies may speak of: every public member with its type and class, and the hidden members by which rows can be told apart.
import type { ColumnMeta } from '@tessera/transforms/gold-meta';
import { type Classification, classOfDimension, classOfMetric } from './classification.ts';
import type { Subject } from './define.ts';
import { columnOf, publicMetrics, typeOf } from './render.ts';

export interface CatalogueMember {
  readonly kind: 'measure' | 'dimension' | 'segment';
  readonly type: 'string' | 'number' | 'boolean' | 'time';
  readonly classification: Classification;
}
export interface CatalogueView {
  /** By name within the view. */
  readonly members: Readonly<Record<string, CatalogueMember>>;
  /** Texts by which rows can be filtered → the member of the private cube that holds them: callers can name none of these. */
  readonly rowKeys: Readonly<Record<string, string>>;
}
/** By name of the view. */
export type Catalogue = Readonly<Record<string, CatalogueView>>;

export function catalogueOf(subjects: readonly Subject[]): Catalogue {
  return Object.fromEntries(subjects.map((subject) => [subject.view, viewOf(subject)]));
}

function viewOf(subject: Subject): CatalogueView {
  const dimensions = subject.dimensions.map((name): [string, CatalogueMember] => [
    name,
    { kind: 'dimension', type: typeOf(columnOf(subject, name)), classification: classOfDimension(subject, name) },
  ]);
  const measures = publicMetrics(subject).flatMap((name): [string, CatalogueMember][] => {
    const metric = subject.metrics[name];
    return metric ? [[name, { kind: 'measure', type: 'number', classification: classOfMetric(subject, metric) }]] : [];
  });
  const isRowKey = ({ type, pii }: ColumnMeta) => type === 'VARCHAR' && !pii;
  const keys = ['org_id', ...subject.dimensions.filter((name) => isRowKey(columnOf(subject, name)))];
  return {
    members: Object.fromEntries([...measures, ...dimensions]),
    rowKeys: Object.fromEntries(keys.map((name) => [name, `${subject.table}.${name}`])),
  };
}
