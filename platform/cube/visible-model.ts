// Cube's view of the model, cut down to what one set of rights may see: descriptions, annotations and the GraphQL schema, each made once for each set.
import type { CompilerApi } from '@cubejs-backend/server-core/dist/src/core/CompilerApi.js';
import type { Rights } from '@tessera/security';

interface Named {
  readonly name: string;
  readonly meta?: object;
}
interface CubeEntry {
  readonly config: Named & {
    readonly measures?: readonly Named[];
    readonly dimensions?: readonly Named[];
    readonly segments?: readonly Named[];
  };
}
type MetaAnswer = readonly CubeEntry[] | { readonly cubes: readonly CubeEntry[] };

export type CompilerForRights = (compiler: CompilerApi, rights: Rights) => CompilerApi;

/** Sets of rights whose schema is kept; there are about as many as roles. */
const maxKept = 200;

export function compilersForRights(): CompilerForRights {
  const kept = new Map<string, { of: CompilerApi; compiler: CompilerApi }>();
  return (compiler, rights) => {
    const known = kept.get(rights.id);
    kept.delete(rights.id);
    const found = known && known.of === compiler ? known : { of: compiler, compiler: cutDown(compiler, rights) };
    kept.set(rights.id, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= maxKept) break;
      kept.delete(oldest);
    }
    return found.compiler;
  };
}

/** Everything else is the compiler's own, run upon it: it keeps its state in itself. */
function cutDown(compiler: CompilerApi, rights: Rights): CompilerApi {
  let schema: unknown;
  const own: Readonly<Record<PropertyKey, unknown>> = {
    metaConfig: async (...args: Parameters<CompilerApi['metaConfig']>) =>
      visibleMeta((await compiler.metaConfig(...args)) as MetaAnswer, rights),
    // Cube keeps one schema for all, made of what the first caller may see or of everything.
    getGraphQLSchema: () => schema,
    setGraphQLSchema: (made: unknown) => {
      schema = made;
    },
  };
  return new Proxy(compiler, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function visibleMeta(answer: MetaAnswer, rights: Rights): MetaAnswer {
  if ('cubes' in answer) return { ...answer, cubes: visibleEntries(answer.cubes, rights) };
  return visibleEntries(answer, rights);
}

function visibleEntries(entries: readonly CubeEntry[], { members, masked }: Rights): CubeEntry[] {
  return entries
    .map(({ config, ...entry }) => ({
      ...entry,
      config: {
        ...config,
        measures: (config.measures ?? []).filter(({ name }) => members.measures.has(name)),
        dimensions: (config.dimensions ?? [])
          .filter(({ name }) => members.dimensions.has(name))
          .map((dimension) => (masked.has(dimension.name) ? asMasked(dimension) : dimension)),
        segments: (config.segments ?? []).filter(({ name }) => members.segments.has(name)),
      },
    }))
    .filter(({ config }) => config.measures.length + config.dimensions.length + config.segments.length > 0);
}

const asMasked = (dimension: Named): Named => ({
  ...dimension,
  meta: { ...dimension.meta, masked: true },
});
