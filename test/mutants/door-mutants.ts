// Holes in the rewrite, in caches, at each door, in embeds, the lake and the shares of tenants.
import { holesIn, type Mutant } from './mutant.ts';

const parts = 'platform/cube/cube-parts.test.ts';
const refusals = 'test/cube/refusals.test.ts';
const socket = 'test/cube/websocket.test.ts';
const ask = 'test/cube/ask.test.ts';
const policies = 'test/cube/policies.test.ts';
const door = 'sql-api/door/door.test.ts';
const guard = 'sql-api/door/guard/check-statements.test.ts';
const embeds = 'platform/embeds/embeds.test.ts';
const reveal = 'platform/reveal-tokens.test.ts';
const everyRoute = 'platform/every-route.test.ts';
const serving = 'lakehouse/serving.test.ts';

export const doorMutants: readonly Mutant[] = [
  ...holesIn('platform/cube/rewrite.ts', parts, [
    ['the tenant predicate is left out', 'return [...tenants, ...filters].map(', 'return filters.map('],
    ['row filters are left out', 'return [...tenants, ...filters].map(', 'return tenants.map('],
    [
      'a row filter without values is left open',
      "if (values.length === 0 || !values.every(isValue)) throw new Fault('INTERNAL', {});",
      '',
    ],
    [
      'row filters widen: or instead of and',
      'filters: [...conjuncts, ...(query.filters ?? [])],',
      'filters: [{ or: [...conjuncts, ...(query.filters ?? [])] }],',
    ],
    [
      'a view without a tenant is left open',
      "if (!found?.length) throw new Fault('QUERY_MEMBER_UNKNOWN', { members: [view] });",
      'if (!found?.length) return [];',
    ],
    [
      'no mask is set',
      'return hit.flatMap((name) => maskedBy.get(name) ?? []).map((member) => ({ member }));',
      'return [];',
    ],
    ['a member masked without a token is shown', 'if (bare.length > 0)', 'if (false)'],
  ]),
  ...holesIn('platform/cube/tenant-ids.ts', parts, [
    ['tenants share caches', '{tenant}@$', '{0}@$'],
    ['releases share caches', '{release}`,\n    rollups', '{0}`,\n    rollups'],
    ['tenants share roll-ups', '{sqlName(tenant)}_r$', '{0}_r$'],
    [
      'a context without a tenant gets ids',
      "if (!isTenant(tenant) || !Number.isSafeInteger(release)) throw new Fault('INTERNAL', {});",
      '',
    ],
  ]),
  ...holesIn('platform/cube/running-queries.ts', 'platform/cube/running-queries.test.ts', [
    ['anybody cancels', 'if (entry?.owner !== ownerOf(access)) return false;', 'if (!entry) return false;'],
    ['two people share one running query', 'JSON.stringify([tenant, subject]);', 'JSON.stringify([tenant]);'],
    [
      'another release is the same question',
      'JSON.stringify([owner, context, asked])',
      'JSON.stringify([owner, asked])',
    ],
  ]),
  ...holesIn('platform/cube/gateway.ts', refusals, [
    [
      'the gate is skipped where all doors meet',
      'const { query } = gateLoadRequest({ query: input }, caller.rights);',
      'const query = input as Query | Query[];',
      'attacks 41',
    ],
    ['a cut answer is given', 'results.some((result) => result.rows.length > rows)', 'false', 'cut'],
  ]),
  ...holesIn('platform/cube/gateway.ts', ask, [
    [
      'answers are not written down',
      "this.note(caller, { action: 'query', members: namesIn(query), rows });",
      '',
      'an answer comes',
    ],
    [
      'refusals are not written down',
      "if (caller) this.note(caller, { action: 'query', members: namesIn(query), fault });",
      '',
      'what REST refuses',
    ],
  ]),
  ...holesIn('platform/cube/gateway.ts', policies, [
    [
      'masks are not given to the semantic layer',
      'maskedMembers: masksFor(each as object, caller.rights, this.needs.maskedBy),',
      'maskedMembers: [],',
      'attacks 75',
    ],
  ]),
  ...holesIn('platform/cube/visible-model.ts', policies, [
    [
      'the description of the model is cached for all',
      'const known = kept.get(rights.id);',
      'const [known] = kept.values();',
      'meta answer',
    ],
    ['the description of the model is whole', '.filter(({ name }) => members.dimensions.has(name))', '', 'meta answer'],
  ]),
  ...holesIn('platform/cube/graphql-gate.ts', refusals, [
    [
      'directives are half read',
      "if (selection.directives?.length) return refuse('directives are not served');",
      '',
      'attacks 96',
    ],
  ]),
  ...holesIn('platform/cube/cube-routes.ts', 'test/cube/routes.test.ts', [
    [
      'the caller chooses the id of his query',
      "request.headers['x-request-id'] = own.request;",
      '',
      'under whatever id',
    ],
    ['answers may be kept on the way', "response.set('cache-control', 'private, no-store');", '', 'attack 77'],
  ]),
  ...holesIn('platform/cube/ask.ts', ask, [
    [
      'rows instead of groups without the right',
      "if (more.ungrouped) demand(caller.rights, 'rows.raw');",
      '',
      'attack 54',
    ],
    [
      'views are described to all as to the first',
      'const found = made.get(rights.id) ?? make(rights);',
      "const found = made.get('all') ?? make(rights);\n    made.set('all', found);",
      'views are told',
    ],
  ]),
  ...holesIn('platform/cube/websocket/messages.ts', socket, [
    [
      'a message may have unknown keys',
      "z.strictObject({ method: z.literal('load')",
      "z.object({ method: z.literal('load')",
      'attack 89',
    ],
  ]),
  ...holesIn('platform/cube/websocket/session.ts', socket, [
    [
      'a socket outlives its token',
      "expiry = setTimeout(() => end(closeCodes.token, 'token expired'), Math.max(0, Math.min(left, longestTimeout)));",
      '',
      'attack 87',
    ],
    [
      'a socket may change its identity',
      'if (access || isAuthorizing) {',
      'if (isAuthorizing && !access) {',
      'attack 88',
    ],
    [
      'a question before the token is answered',
      "else if (!access) end(closeCodes.policy, 'authorize first');",
      '',
      'attack 86',
    ],
  ]),
  ...holesIn('platform/cube/websocket/websocket-door.ts', socket, [
    [
      'every page may open a socket',
      "edge.isOwnOrigin(headers) ? places.enter(from) : 'origin'",
      'places.enter(from)',
      'attack 92',
    ],
  ]),
  ...holesIn('sql-api/door/login/sign-in.ts', door, [
    [
      "somebody else's token is taken",
      'if (!isHis || access.tenant !== database)',
      'if (access.tenant !== database)',
      'attack 104',
    ],
    [
      'a token opens the database of another tenant',
      'if (!isHis || access.tenant !== database)',
      'if (!isHis)',
      'attack 104',
    ],
    [
      'a session outlives its token',
      'if (needs.now().getTime() / 1000 >= access.expiresAt)',
      'if (false)',
      'attack 113',
    ],
    ['the SQL door needs no right', "if (!decided.actions.has('sql'))", 'if (false)', 'attack 113'],
  ]),
  ...holesIn('sql-api/door/guard/allowed-functions.ts', guard, [
    ['SQL may call set_config', 'num_nulls num_nonnulls', 'num_nulls num_nonnulls set_config'],
    ['SQL may call pg_sleep', 'num_nulls num_nonnulls', 'num_nulls num_nonnulls pg_sleep'],
  ]),
  ...holesIn('platform/reveal-tokens.ts', reveal, [
    ['values are revealed without a second factor', 'checkStepUp(access, now);', ''],
    [
      'a reveal leaves no trace',
      'return noteSensitive(audit, act, async () => ({ values: await lookUp(access.tenant, told.members) }));',
      'return { values: await lookUp(access.tenant, told.members) };',
    ],
    ['a reveal needs no purpose', 'purpose: z.enum(revealPurposes),', 'purpose: z.enum(revealPurposes).optional(),'],
  ]),
  ...holesIn('platform/embeds/create-embeds.ts', embeds, [
    [
      'an embed may be minted for any page',
      "if (!originsOf(tenant).includes(origin)) throw new Fault('EMBED_ORIGIN_REFUSED', {});",
      '',
    ],
    ['anybody mints embeds', "checkAction(decideRights(access), 'embed.mint');", ''],
    [
      'a session outlives the token of who minted it',
      'const expiresAt = Math.min(ownEnd, used.grant.minter.expiresAt);',
      'const expiresAt = ownEnd;',
    ],
    ['an embed is opened after the token of who minted it', 'checkMinter(used.grant);\n', '\n'],
    ['who is no longer signed in mints', 'checkMinter(grant);\n', '\n'],
  ]),
  ...holesIn('platform/embeds/create-embeds.ts', 'platform/embeds/embed-revocation.test.ts', [
    ['a revoked minter leaves sessions behind', 'decideRights(access);\n      return access;', 'return access;'],
  ]),
  ...holesIn('security/policies/lint.ts', 'security/policies/lint.test.ts', [
    ['a pack without a role for embeds is served', '  embedsHaveARole,\n', '', 'a role for embeds|no role'],
  ]),
  ...holesIn('platform/embeds/create-embeds.ts', 'cli/power-bi.test.ts', [
    [
      'Power BI shows rows that the minter may not see',
      "if (other && hasOtherRows(rights)) throw new Fault('EMBED_ROWS_REFUSED', {});",
      '',
      'the file names',
    ],
  ]),
  ...holesIn('platform/guard-route.ts', 'platform/fairness/platform-share.test.ts', [
    [
      'the platform API knows no share',
      'if (!fairness) return await enter(access);',
      'if (true) return enter(access);',
    ],
  ]),
  ...holesIn('platform/guard-route.ts', reveal, [
    ['values are revealed without the right', 'checkAction(rights, answer.right);', ''],
    [
      'a refused reveal leaves no trace',
      'if (!isGone) await noteRefusal(audit, entryOf(answer.act, known, answer.told), error);',
      '',
    ],
  ]),
  ...holesIn('platform/guard-route.ts', everyRoute, [
    ['the platform API asks for no right', 'checkAction(rights, answer.right);', ''],
    [
      'an embed reaches more than its dashboard asks',
      'if (access.issuer === embedIssuer && !answer.embedded) checkAction({ actions: new Set() }, answer.right);',
      '',
    ],
    [
      'a refusal by the platform API leaves no trace',
      'if (!isGone) await noteRefusal(audit, entryOf(answer.act, known, answer.told), error);',
      '',
    ],
    [
      'a refusal without a token leaves no trace',
      'if (answer.act !== undefined) await noteRefusal(needs.audit, entryOf(answer.act, known), error);',
      '',
    ],
    ['a refusal is written twice', 'if (isNoted(error)) return;', ''],
    ['who is refused is not named in the trail', 'known = { ...known, access };', ''],
  ]),
  ...holesIn('platform/routes.ts', 'platform/mounted-routes.test.ts', [
    ['everybody reads the audit trail', "act: 'audit.read', right: 'audit.read'", "act: 'audit.read', right: 'query'"],
    [
      'an embed reads what failed in the pipeline',
      "act: 'dead-letter.list', right: 'pipeline.read',",
      "act: 'dead-letter.list', right: 'pipeline.read', embedded: true,",
    ],
  ]),
  ...holesIn('platform/embeds/embed-rights.ts', embeds, [
    [
      'a viewer has the rights of who minted',
      'const own = decisions.decideViewerRights(viewer);',
      'const own = decisions.decideRights(grant.minter);',
    ],
    ['a lock takes values that nothing can have', ' && canEqual(type, values)', ''],
    ["the minter's row filters are left out", '...(minter.rows[view] ?? []), ', ''],
    ['the locks of an embed are left out', '...grant.locks.map((lock) => filterOf(view, lock))', ''],
  ]),
  ...holesIn('platform/embeds/grant-store.ts', embeds, [
    [
      'a token of an embed works twice',
      'await rename(fileOf(id), fileOf(id, used)).catch(',
      'await rename(fileOf(id), fileOf(id)).catch(',
    ],
    [
      'an unused token outlives the token of who minted it',
      'Math.min(now().getTime() + mintedLifeMs, grant.minter.expiresAt * 1000)',
      'now().getTime() + mintedLifeMs',
    ],
    [
      'a token of an embed never ends',
      "if (now().getTime() >= kept.expiresAt) throw new Fault('TOKEN_INVALID', {});",
      '',
    ],
  ]),
  ...holesIn('platform/fairness/create-fairness.ts', 'platform/fairness/fairness.test.ts', [
    [
      'nobody asks too often',
      'if (!lane.bucket.take(now()))',
      'if (!lane.bucket.take(now()) && false)',
      'attack 188|what is left',
    ],
    ['a tenant may hold every place', '!waiter || lane.running >= lane.quota.concurrent', '!waiter', 'attack 188'],
  ]),
  ...holesIn('lakehouse/serving-instance.ts', serving, [
    ['an engine may open every file', 'set allowed_directories = [', "set allowed_directories = ['/', "],
    ['an engine is not shut off', "await connection.run('set enable_external_access = false');", ''],
    ['settings of an engine may be changed', "await connection.run('set lock_configuration = true');", ''],
  ]),
  ...holesIn('lakehouse/statement.ts', serving, [
    ['an engine runs every statement', 'if (!allowed.has(kind)) {', 'if (false) {'],
  ]),
  ...holesIn('lakehouse/keys.ts', 'lakehouse/tenant-lake.test.ts', [
    [
      'a key may leave its folder',
      "if (name.length > 200 || !segment.test(name) || name.includes('..')) {",
      'if (name.length > 200) {',
      'refuses',
    ],
  ]),
  ...holesIn('lakehouse/leases.ts', 'lakehouse/leases.test.ts', [
    ['a lease that was lost commits', 'guard: async () => held?.check(),', 'guard: async () => {},'],
    ['two workers hold one tenant', 'if (before !== undefined && !isOver(before)) return undefined;', ''],
  ]),
  ...holesIn('lakehouse/delta/commit.ts', 'lakehouse/delta-table.test.ts', [
    [
      'a page that was committed before is committed again',
      'options.txn !== undefined && (state.txns.get(options.txn.appId) ?? -1) >= options.txn.version',
      'false',
      'cursor',
    ],
    [
      'a cursor is not in the commit of its rows',
      "typeof properties === 'function' ? properties(changesFiles(plan)) : properties;",
      '({});',
      'cursor',
    ],
  ]),
];
