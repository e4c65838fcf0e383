// Holes in the SQL door: who comes in and how long, what a statement may be, whose catalog it sees, and what may be computed from which rows.
import { holesIn, type Mutant } from './mutant.ts';

const door = 'sql-api/door/door.test.ts';
const guard = 'sql-api/door/guard/check-statements.test.ts';
const plan = 'sql-api/door/plan/plan-sql.test.ts';
const wire = 'sql-api/door/wire/wire.test.ts';
const listener = 'sql-api/door/listener.test.ts';
const states = 'test/sql/sqlstates.integration.ts';
const catalogs = 'test/sql/catalogs.integration.ts';
const sessions = 'test/sql/sessions.integration.ts';

export const sqlMutants: readonly Mutant[] = [
  ...holesIn('platform/cube/rewrite.ts', catalogs, [
    [
      'the tenant predicate is left out of what SQL asks',
      'return [...tenants, ...filters].map(',
      'return filters.map(',
      'attack 82',
    ],
  ]),
  ...holesIn('platform/cube/ask.ts', catalogs, [
    [
      'the catalog of SQL shows every view and column',
      'const isVisible = (view: string, name: string) =>',
      'const isVisible = (view: string, name: string) => view !== name ||',
      'attack 109: callers',
    ],
  ]),
  ...holesIn('sql-api/door/backend/catalogs.ts', catalogs, [
    [
      'callers of one tenant share a catalog, whatever they may see',
      'JSON.stringify([tenant, rights.id, views])',
      'JSON.stringify([tenant])',
      'attack 109: callers',
    ],
    [
      'tenants share a catalog',
      'JSON.stringify([tenant, rights.id, views])',
      'JSON.stringify([rights.id, views])',
      'attack 109: the same',
    ],
  ]),
  ...holesIn('sql-api/door/backend/template-sql.ts', door, [
    [
      'pg_database shows all databases',
      'from pg_catalog.pg_database_ where datname = door.real_database()`',
      'from pg_catalog.pg_database_`',
      'attack 109',
    ],
    [
      'pg_roles shows all roles',
      ' where rolname = session_user;\ncreate or replace view pg_catalog.pg_user as',
      ';\ncreate or replace view pg_catalog.pg_user as',
      'attack 109',
    ],
    [
      'the shared catalogs themselves may be read',
      '_ from public;\ncreate view',
      '_ from door;\ncreate view',
      'attack 109',
    ],
  ]),
  ...holesIn('sql-api/door/backend/catalog-sql.ts', door, [
    [
      'a read that nobody replaced is an empty answer',
      'using (door.refuse());`',
      'using (false);`',
      'what the semantic layer refuses',
    ],
  ]),
  ...holesIn('sql-api/door/session/run-session.ts', states, [
    [
      'a session goes on after its sign-in has ended',
      "const isOver = (fault: Fault) => fault.code === 'TOKEN_INVALID';",
      'const isOver = (_fault: Fault) => false;',
      '28P01',
    ],
  ]),
  ...holesIn('sql-api/door/login/sign-in.ts', door, [
    [
      'a session outlives its account',
      "if (!accounts.stillGood(access.tenant, user, stamp)) throw new Fault('TOKEN_INVALID', {});",
      '',
      'a service account',
    ],
    [
      'any proof of a service account is taken',
      'if (last === undefined || !account || !isTenant(database)) throw new SignInRefused();',
      'if (!account || !isTenant(database)) throw new SignInRefused();',
      'a service account',
    ],
  ]),
  ...holesIn('sql-api/door/wire/scram.ts', wire, [
    [
      'a proof is not compared',
      "if (!timingSafeEqual(sha256(clientKey), Buffer.from(verifier.storedKey, 'base64'))) return undefined;",
      'if (!timingSafeEqual(clientKey, clientKey)) return undefined;',
      'SCRAM',
    ],
    ['an exchange may be played again', "randomBytes(18).toString('base64')}", "''}", 'SCRAM'],
  ]),
  ...holesIn('sql-api/door/login/backoff.ts', wire, [
    ['guessers never wait', 'const wait = count <= freeTries ? 0 :', 'const wait = count > 0 ? 0 :', 'wrong tries'],
  ]),
  ...holesIn('sql-api/door/listener.ts', listener, [
    [
      'passwords are asked for without TLS',
      'if (!isEncrypted && !loopback.test(from)) {',
      'if (false) {',
      'another address',
    ],
  ]),
  ...holesIn('sql-api/door/listener.ts', sessions, [
    [
      'a guesser who has to wait is let in',
      'if (needs.backoff.blockedFor(guesser) > 0) throw new SignInRefused();',
      '',
      'attack 105',
    ],
  ]),
  ...holesIn('sql-api/door/create-sql-door.ts', door, [
    [
      'a tenant may have as many sessions as it likes',
      'open >= (needs.sessionsOf?.(tenant) ?? limits.sessionsPerTenant) || sessions.size',
      'sessions.size',
      'so many sessions',
    ],
    [
      'whoever asks cancels everything',
      'if (session) session.cancel();',
      'for (const one of sessions.values()) one.cancel();\n        if (session) session.cancel();',
      'attack 114',
    ],
  ]),
  ...holesIn('sql-api/door/create-sql-door.ts', listener, [
    ['as many as like may be signing in', 'if (waiting >= limits.waiting) {', 'if (false) {', 'signing in'],
  ]),
  ...holesIn('sql-api/door/login/note-sign-in.ts', sessions, [
    [
      'what the door refuses leaves no trace',
      "if (status !== 403 || !code.startsWith('SQL_')) return;",
      'if (code) return;',
      'written down',
    ],
  ]),
  ...holesIn('sql-api/door/session/statement.ts', sessions, [
    [
      'a session goes on in a catalog of views that are gone',
      "throw new Fault('SQL_CATALOG_CHANGED', {});",
      'return needs.plan(sql, { views, maxRows: needs.maxRows });',
      'views have changed',
    ],
  ]),
  ...holesIn('sql-api/door/guard/check-statements.ts', guard, [
    [
      'kinds of statements are not looked at',
      'else if (/Stmt$/.test(kind) && !Object.hasOwn(kinds, kind)) refuseStatement(look, kind);',
      '',
    ],
    ['functions are not looked at', 'if (allowedFunctions.has(name) && (schema', 'if (true || (schema'],
    [
      'a function of any schema is one of ours',
      '&& (schema === undefined || schemas.has(schema)) && path.length <= 2) return;',
      ') return;',
    ],
    [
      'every schema may be named',
      'if (!fine || body.catalogname !== undefined)',
      'if (body.catalogname !== undefined)',
    ],
    [
      'a list in WITH may write',
      "if (query && !('SelectStmt' in query)) refuseWrite(look, 'a statement that writes in WITH');",
      '',
    ],
    [
      'what is prepared is not looked at',
      'PrepareStmt: (look, body) => {',
      'PrepareStmt: () => {},\n  Unused: (look, body) => {',
    ],
    [
      'views take rows',
      "if (!temporary || body.onConflictClause !== undefined || body.withClause !== undefined) refuseWrite(look, 'INSERT');",
      '',
    ],
    [
      'tables stay',
      "if (relation?.relpersistence === 't' || String(relation?.schemaname ?? '').startsWith('pg_temp')) return;",
      'if (relation) return;',
    ],
    [
      'every setting may be set',
      "if (rule === undefined) throw new Fault('SQL_SETTING_REFUSED', { name, position });",
      'if (rule === undefined) return;',
    ],
    ['a setting takes any value', 'if (!rule.fits(values))', 'if (false)'],
    ['types that tell of roles may be named', 'if (refusedTypes.has(name) || !fine', 'if (!fine'],
    [
      'operators of any schema may be used',
      "if (Array.isArray(body.name) && body.name.length > 1 && schema !== 'pg_catalog')",
      'if (false)',
    ],
  ]),
  ...holesIn('sql-api/door/plan/lookups.ts', plan, [
    ['half a key tells rows apart', 'more.every((trees) => trees.has(tree))', 'true'],
    ['an outer join joins what stands on one side of it', '(both || tree.at !== one.at)', 'true'],
  ]),
  ...holesIn('sql-api/door/plan/decide.ts', plan, [
    ['what is looked up is added up as often as it is', 'if (repeated)', 'if (false)'],
    ['rows without a partner are counted', 'if (every && use.nullable)', 'if (false)'],
  ]),
  ...holesIn('sql-api/door/plan/rewrite-calls.ts', plan, [
    ['percentages add up', 'if (column.additive !== undefined) return;', 'if (column) return;'],
    ['a sum of what does not add up is given', "if (column.additive === 'sum') return;", 'if (column) return;'],
  ]),
  ...holesIn('sql-api/door/plan/measure-call.ts', plan, [
    [
      'any aggregate means any measure',
      'kinds === undefined || column.aggregate === undefined || !kinds.includes(column.aggregate)',
      'kinds === undefined',
    ],
    [
      'a join that repeats rows is added up',
      "if (grouping === 'repeated' && name === 'measure') return undefined;",
      '',
    ],
  ]),
  ...holesIn('sql-api/door/plan/observe.ts', states, [
    [
      'a masked column may be compared and sorted by',
      "throw new Fault('SQL_MASKED',",
      "void new Fault('SQL_MASKED',",
      'shown as a token',
    ],
  ]),
  ...holesIn('sql-api/door/plan/parse.ts', states, [
    ['texts may have any number of words', 'if (words > limits.words)', 'if (words < 0)', '54000'],
    ['brackets may be any depth', 'if (depth > limits.depth)', 'if (depth < 0)', '54001'],
  ]),
  ...holesIn('sql-api/door/create-sql-door.ts', states, [
    [
      "the number of sessions of a tenant's own file is not looked at",
      '(needs.sessionsOf?.(tenant) ?? limits.sessionsPerTenant)',
      'limits.sessionsPerTenant',
      'that its own file says',
    ],
  ]),
  ...holesIn('sql-api/door/session/statement.ts', door, [
    [
      'an answer that was cut is given',
      'if (refuseAt !== undefined && answer.rows >= refuseAt)',
      'if (false)',
      'hint and position',
    ],
  ]),
  ...holesIn('sql-api/door/session/fault-message.ts', door, [
    ['refusals have no place', '...(fault.position ? [', '...(false ? [', 'hint and position'],
    ['refusals have no hint', '...(fault.hint ? [', '...(false ? [', 'hint and position'],
  ]),
  ...holesIn('sql-api/door/plan/session-names.ts', sessions, [
    [
      'CURRENT_USER tells the opaque name',
      'if (!isObject(found) || name === undefined) {',
      'if (name !== null) {',
      'names of a session',
    ],
  ]),
];
