// `tessera policy lint|show|explain|diff`: who may see and do what, checked, told, explained and compared.
import { asFault, Fault, must, parseTenant, readSettings } from '@tessera/base';
import {
  type Access,
  checkQuery,
  createPolicy,
  diffPacks,
  lintPack,
  membersNamed,
  type PolicyPack,
  parseClaims,
  parseLoadRequest,
} from '@tessera/security';
import type { Command } from 'commander';
import { printRows } from '../print.ts';
import { packOfFile, packOfFileOrRevision } from '../read-pack.ts';
import { catalogue, uncheckedPack } from '../tessera-policy.ts';

interface Shared {
  readonly json?: boolean;
  readonly pack?: string;
}
interface Caller extends Shared {
  readonly as: string;
  readonly groups: string;
  readonly tenant: string;
  readonly org?: string;
  readonly region?: string;
  readonly teams?: string;
  readonly clearance?: string;
  readonly query?: string;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const sayJson = (value: unknown) => say(JSON.stringify(value, null, 2));
const read = (file: string | undefined): unknown =>
  file === undefined ? uncheckedPack(readSettings(process.env).policy) : packOfFile(file);
const list = (text: string | undefined) =>
  text
    ?.split(',')
    .map((one) => one.trim())
    .filter(Boolean);

export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('Who may see and do what');
  const add = (name: string, about: string) =>
    policy
      .command(name)
      .description(about)
      .option('--pack <file>', 'a draft instead of the pack that is served')
      .option('--json', 'as JSON');

  add('lint', 'check the policy pack; exit 1 with a sentence for each problem').action(
    async ({ json, pack }: Shared) => {
      const { problems } = lintPack(await read(pack), catalogue);
      if (json) sayJson(problems);
      else say(problems.length > 0 ? problems.join('\n') : 'The policy pack has no problem.');
      if (problems.length > 0) process.exitCode = 1;
    },
  );
  add('show', 'roles, groups, scopes and denies of the pack').action(async ({ json, pack }: Shared) => {
    const checked = checkedPack(await read(pack));
    if (json) sayJson(checked);
    else show(checked);
  });
  add('diff', 'what each role and group gains or loses since another pack')
    .argument('<before>', 'file, or commit, branch or tag of the built-in pack, to compare with')
    .action(async (name: string, { json, pack }: Shared) => {
      const [before, after] = [await packOfFileOrRevision(name), await read(pack)].map(checkedPack);
      const changes = before && after ? diffPacks(before, after, catalogue) : [];
      if (changes.length > 0 || json)
        printRows(
          changes.map((change) => ({ ...change })),
          json === true,
        );
      else say(`Nobody gains or loses anything since ${name}.`);
    });
  add('explain', 'what a caller may see, and by which rule')
    .requiredOption('--as <email>', 'who asks')
    .requiredOption('--groups <names>', 'groups, separated by commas')
    .requiredOption('--tenant <slug>', 'tenant, for example acme-corp')
    .option('--org <name>', 'organisation')
    .option('--region <name>', 'region')
    .option('--teams <names>', 'teams, separated by commas')
    .option('--clearance <level>', 'public, internal, confidential or pii; lowers what the roles give')
    .option('--query <json>', "only this query's members, and whether it would pass")
    .action(async (options: Caller) => explain(await read(options.pack), options));
}

function checkedPack(unchecked: unknown): PolicyPack {
  const { pack, problems } = lintPack(unchecked, catalogue);
  if (!pack) throw new Fault('POLICY_BROKEN', { problems });
  return pack;
}

function show({ version, roles, bindings, scopes, denies }: PolicyPack): void {
  say(`Policy pack, version ${version}`);
  printRows(
    Object.entries(roles).map(([role, { clearance, actions, about }]) => ({
      role,
      clearance,
      actions: actions.join(', '),
      about,
    })),
    false,
  );
  printRows(
    bindings.map(({ group, roles: given, scopes: held = [] }) => ({
      group,
      roles: given.join(', '),
      'rows only of': held.join(', '),
    })),
    false,
  );
  printRows(
    Object.entries(scopes).map(([scope, { about }]) => ({ scope, about })),
    false,
  );
  if (denies.length > 0)
    printRows(
      denies.map(({ id, about, roles: to }) => ({
        deny: id,
        roles: typeof to === 'string' ? to : to.join(', '),
        about,
      })),
      false,
    );
}

function explain(unchecked: unknown, options: Caller): void {
  const { decideRights, explain: explainAs } = createPolicy(unchecked, catalogue);
  const access = accessOf(options);
  const query = options.query === undefined ? undefined : queryOf(options.query);
  const explained = explainAs(access, query && membersNamed(query));
  const refusal = query && refusalOf(() => checkQuery(query, decideRights(access)));
  if (options.json) {
    sayJson({ ...explained, ...(query ? { passes: !refusal, ...(refusal ? { refusal } : {}) } : {}) });
    return;
  }
  say(`Roles: ${explained.roles.join(', ')}. Scopes: ${explained.scopes.join(', ') || 'none'}.`);
  printRows(
    explained.members.map((one) => ({ ...one })),
    false,
  );
  if (explained.rows.length > 0)
    printRows(
      explained.rows.map(({ view, key, values, rule }) => ({
        view,
        'rows only where': `${key} is ${values.join(' or ')}`,
        rule,
      })),
      false,
    );
  if (query) say(refusal ? `Refused: ${refusal.message}` : 'The query passes.');
}

/** The same reading of claims as that of a token: nothing can be explained that could not be signed in with. */
function accessOf({ as, groups, tenant, org, region, teams, clearance }: Caller): Access {
  const claims = {
    sub: as,
    email: as,
    iss: 'tessera policy explain',
    exp: Number.MAX_SAFE_INTEGER,
    tenant_id: must(parseTenant(tenant)),
    groups: list(groups),
    teams: list(teams),
    ...(org === undefined ? {} : { org }),
    ...(region === undefined ? {} : { region }),
    ...(clearance === undefined ? {} : { clearance }),
  };
  return parseClaims(claims, 'tessera-cli');
}

function queryOf(text: string) {
  const { query } = parseLoadRequest({ query: parseJson(text) });
  if (Array.isArray(query)) throw new Fault('QUERY_INVALID', { at: 'query', problem: 'explain one query at a time' });
  return query;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('QUERY_INVALID', { at: 'query', problem: 'it is not JSON' });
  }
}

function refusalOf(check: () => void): { code: string; message: string } | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return asFault(error).toJSON();
  }
}
