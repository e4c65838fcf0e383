// The closed shape of a policy pack. What cannot be written cannot go wrong: rows are told apart by equality with an attested attribute or a constant, never by pattern or negation.
import { z } from 'zod';
import { clearances } from '../parse-claims.ts';
import { actions } from '../rights.ts';

/** Attributes of a caller that his directory attests and he cannot edit. */
export const rowAttributes = ['org', 'region', 'teams'] as const;
export type RowAttribute = (typeof rowAttributes)[number];

/** Claims that people change in their own profile (or that are none of ours): as a right, each would be a gift to its owner. */
const editableByUser: ReadonlySet<unknown> = new Set([
  'name',
  'email',
  'display_name',
  'displayName',
  'given_name',
  'family_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'locale',
  'zoneinfo',
  'phone_number',
  'address',
  'user_metadata',
]);

const text = z.string().min(1, 'is empty');
const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'is no name: lower-case words joined by hyphens');
const sql = z.string().regex(/^[a-z][a-z0-9_]*$/, 'is no name of a view or a member');
const listOf = <T extends z.ZodType>(one: T) =>
  z.array(one).min(1, 'is an empty list: that is no rule, and would be read as none or as all');
const classification = z.enum(clearances, `is no classification (${clearances.join(', ')})`);
const action = z.enum(actions, { error: ({ input }) => `is no action: ${String(input)}` });

const grantSchema = z.strictObject({
  id: name,
  views: listOf(sql),
  kinds: listOf(z.enum(['measure', 'dimension', 'segment'])),
  /** Members up to this class; what is above the caller's clearance is masked or hidden. */
  upTo: classification,
});
const roleSchema = z.strictObject({
  about: text,
  /** The most that this role may see unmasked; a claim can lower it and never raise it. */
  clearance: classification,
  grants: listOf(grantSchema),
  actions: z.array(action),
});
const scopeSchema = z
  .strictObject({
    about: text,
    attribute: z
      .enum(rowAttributes, {
        error: ({ input }) =>
          editableByUser.has(input)
            ? `is ${String(input)}, which its owner can edit: that is no right`
            : `is no attribute of a caller (${rowAttributes.join(', ')})`,
      })
      .optional(),
    values: listOf(z.string().regex(/^[^*%]+$/, 'is empty or a pattern, which would be true of every row')).optional(),
    operator: z.literal('equals', 'must be equals: contains, negations and patterns let in rows that nobody meant'),
    /** View → row key that is compared. A view that is not listed is closed to whoever has the scope. */
    members: z
      .record(sql, sql)
      .refine((members) => Object.keys(members).length > 0, 'is an empty list: it would close every view'),
  })
  .refine(
    ({ attribute, values }) => (attribute === undefined) !== (values === undefined),
    'wants either an attribute or values: without either it would be true of every row',
  );
const bindingSchema = z.strictObject({
  group: z
    .string()
    .regex(/^[^*,\s](?:[^*,]*[^*,\s])?$/, 'is no name of a single group, to be matched exactly')
    .max(100),
  roles: listOf(name),
  scopes: listOf(name).optional(),
});
const denySchema = z
  .strictObject({
    id: name,
    about: text,
    roles: z.union([z.literal('everyone'), listOf(name)]),
    views: listOf(sql).optional(),
    members: listOf(z.string()).optional(),
    /** This class and those above. */
    from: classification.optional(),
    actions: listOf(action).optional(),
  })
  .refine(
    ({ views, members, from, actions: acts }) => views ?? members ?? from ?? acts,
    'denies nothing: name views, members, a class or actions',
  );

/** The role of who looks at an embed, whatever groups a directory has; the linter wants it there. */
export const viewerRole = 'viewer';

export const packSchema = z.strictObject({
  /** Raised with every change. */
  version: z.number().int().positive(),
  roles: z.record(name, roleSchema),
  scopes: z.record(name, scopeSchema),
  bindings: listOf(bindingSchema),
  /** Classes whose text dimensions are shown as tokens to whoever is not cleared for them; other classes are hidden. */
  masks: z.array(z.strictObject({ id: name, classification })),
  denies: z.array(denySchema),
});

type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> }
    : T;
export type PolicyPack = ReadonlyDeep<z.infer<typeof packSchema>>;
export type Role = PolicyPack['roles'][string];
export type Scope = PolicyPack['scopes'][string];
export type Deny = PolicyPack['denies'][number];
