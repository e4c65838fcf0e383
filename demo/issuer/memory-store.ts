// Where the demo issuer keeps sessions, codes and grants: in memory, each until it expires.

interface Kept {
  readonly payload: Record<string, unknown>;
  readonly until: number;
}

/** The adapter that oidc-provider asks for, one instance a model over one store. */
export function memoryStore() {
  const kept = new Map<string, Kept>();
  const find = (key: string) => {
    const found = kept.get(key);
    if (!found) return undefined;
    if (found.until > Date.now()) return found.payload;
    kept.delete(key);
    return undefined;
  };
  const sweep = () => {
    const now = Date.now();
    for (const [key, { until }] of kept) if (until <= now) kept.delete(key);
  };
  let writes = 0;
  return (model: string) => {
    const key = (id: string) => `${model}:${id}`;
    const first = (holds: (payload: Record<string, unknown>) => boolean) => {
      for (const [name, { payload, until }] of kept) {
        if (name.startsWith(`${model}:`) && until > Date.now() && holds(payload)) return payload;
      }
      return undefined;
    };
    return {
      async upsert(id: string, payload: Record<string, unknown>, expiresIn?: number) {
        writes += 1;
        if (writes % 1000 === 0) sweep();
        kept.set(key(id), { payload, until: expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY });
      },
      find: async (id: string) => find(key(id)),
      findByUid: async (uid: string) => first((payload) => payload.uid === uid),
      findByUserCode: async (code: string) => first((payload) => payload.userCode === code),
      async consume(id: string) {
        const payload = find(key(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id: string) {
        kept.delete(key(id));
      },
      async revokeByGrantId(grantId: string) {
        for (const [name, { payload }] of kept) if (payload.grantId === grantId) kept.delete(name);
      },
    };
  };
}
