// What policies may speak of, as plain data: made from the semantic model by whoever wires the rooms together.
import type { MemberType } from '../filter-values.ts';
import type { Clearance } from '../parse-claims.ts';

/** How sensitive a member is: the same words, in the same order, as what a person is cleared for. */
export type Classification = Clearance;

export interface CatalogueMember {
  readonly kind: 'measure' | 'dimension' | 'segment';
  readonly type: MemberType;
  readonly classification: Classification;
}
export interface CatalogueView {
  /** By name within the view. */
  readonly members: Readonly<Record<string, CatalogueMember>>;
  /** Texts by which rows can be filtered → the hidden member that holds them. No caller can name a hidden member. */
  readonly rowKeys: Readonly<Record<string, string>>;
}
/** By name of the view. */
export type Catalogue = Readonly<Record<string, CatalogueView>>;
