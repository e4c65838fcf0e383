// A pack that says nothing but which groups there are: everything else is as built in, so that nobody copies it to change the names of his groups.
import { pack as builtIn } from './pack.ts';
import { type PolicyPack, packSchema } from './pack-schema.ts';

/** Its bindings are all there are; those that are built in fall, since a directory may have groups of the same names that mean something else. */
export const bindingsAloneSchema = packSchema.pick({ version: true, bindings: true }).partial({ version: true });

const ofAWholePack = ['roles', 'scopes', 'masks', 'denies'];

export const isBindingsAlone = (unchecked: unknown): boolean =>
  typeof unchecked === 'object' &&
  unchecked !== null &&
  'bindings' in unchecked &&
  !ofAWholePack.some((field) => field in unchecked);

/** A whole pack as it is, the other upon what is built in. Both are checked already. */
export const wholePack = (checked: Partial<PolicyPack>): PolicyPack => ({ ...builtIn, ...checked });
