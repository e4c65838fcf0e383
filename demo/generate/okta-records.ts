// Okta's users, factors and groups as records with their versions.
import { type FactorFact, holdsAt, type PersonFact } from '../facts.ts';
import type { Json, TenantWorld, Versioned } from '../world.ts';
import { departments } from './names.ts';
import type { Stage } from './profile.ts';
import { letters, random } from './random.ts';
import { type Employee, employees } from './sign-ins.ts';

const iso = (at: number) => new Date(at).toISOString();
export const cap = (text: string) => text.replace(/^./, (first) => first.toUpperCase());

type Okta = Omit<TenantWorld['okta'], 'log'>;

export function oktaRecords(stage: Stage, people: readonly PersonFact[], lastLogin: ReadonlyMap<string, number>): Okta {
  const base = `https://${stage.profile.tenant}.okta.example/api/v1`;
  const staff = employees(people);
  const { groups, members } = groupsOf(stage, staff);
  return {
    users: staff.map((one) => userRecord(stage, base, one, lastLogin.get(one.okta.id))),
    factors: new Map(
      staff.map((one) => [one.okta.id, one.okta.factors.map((factor) => factorRecord(base, one, factor))]),
    ),
    groups,
    members,
  };
}

function userRecord(stage: Stage, base: string, one: Employee, lastLogin: number | undefined): Versioned<Json> {
  const { okta } = one;
  const edges = okta.canSignIn
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > okta.created && at < stage.asOf);
  const changes = [...new Set([okta.created, ...edges])].sort((a, b) => a - b);
  const loud = okta.id.charCodeAt(5) % 16 === 0;
  const record = (changed: number, login: number | undefined): Json => {
    const status = statusAt(one, changed, changed === changes.at(-1));
    return {
      id: okta.id,
      status,
      created: iso(okta.created),
      activated: okta.activated !== undefined && okta.activated <= changed ? iso(okta.activated) : null,
      statusChanged: iso(changed),
      lastLogin: login === undefined ? null : iso(login),
      lastUpdated: iso(changed),
      passwordChanged: okta.activated === undefined || okta.federated ? null : iso(okta.activated),
      type: { id: 'otydefaultusertype001' },
      profile: {
        login: okta.login,
        email: loud ? cap(one.email) : one.email,
        secondEmail: null,
        firstName: one.firstName,
        lastName: one.lastName,
        displayName: `${one.firstName} ${one.lastName}`,
        mobilePhone: null,
        ...(one.department === undefined ? {} : { department: one.department }),
        city: one.city,
        userType: okta.userType,
        ...(okta.userType === 'employee'
          ? { employeeNumber: String(okta.id.charCodeAt(4) * 977 + okta.id.charCodeAt(7)) }
          : {}),
      },
      credentials: {
        provider: okta.federated ? { type: 'FEDERATION', name: 'FEDERATION' } : { type: 'OKTA', name: 'OKTA' },
      },
      _links: { self: { href: `${base}/users/${okta.id}` } },
    };
  };
  const versions = changes.map((at) => ({ from: iso(at), record: record(at, undefined) }));
  if (lastLogin !== undefined)
    versions.push({ from: iso(lastLogin), record: record(changes.at(-1) ?? okta.created, lastLogin) });
  return { id: okta.id, versions: versions.sort((a, b) => (a.from < b.from ? -1 : 1)) };
}

/** The last version carries the status as it is; earlier ones what the spans say. */
function statusAt(one: Employee, at: number, last: boolean): string {
  const { okta } = one;
  if (last) return okta.status;
  if (holdsAt(okta.canSignIn, at)) return 'ACTIVE';
  return at < (okta.canSignIn[0]?.from ?? Number.POSITIVE_INFINITY) ? 'STAGED' : 'SUSPENDED';
}

const vendors: Readonly<Record<string, readonly [string, string]>> = {
  webauthn: ['FIDO', 'FIDO'],
  u2f: ['FIDO', 'FIDO'],
  'token:hardware': ['YUBICO', 'YUBICO'],
  web: ['DUO', 'DUO'],
};

function factorRecord(base: string, one: Employee, factor: FactorFact): Versioned<Json> {
  const [provider, vendorName] = vendors[factor.type] ?? ['OKTA', 'OKTA'];
  const record = (status: string, updated: number): Json => ({
    id: factor.id,
    factorType: factor.type,
    provider,
    vendorName,
    status,
    created: iso(factor.created),
    lastUpdated: iso(updated),
    profile: profileOf(one, factor),
    _links: {
      self: { href: `${base}/users/${one.okta.id}/factors/${factor.id}`, hints: { allow: ['GET', 'DELETE'] } },
      user: { href: `${base}/users/${one.okta.id}`, hints: { allow: ['GET'] } },
    },
  });
  if (factor.active.length === 0) {
    return {
      id: factor.id,
      versions: [{ from: iso(factor.created), record: record('PENDING_ACTIVATION', factor.created) }],
    };
  }
  const versions = factor.active.flatMap(({ from, to }, i) => [
    { from: iso(from), record: record('ACTIVE', from) as Json | undefined },
    ...(Number.isFinite(to)
      ? [{ from: iso(to), record: i < factor.active.length - 1 || factor.status ? record('INACTIVE', to) : undefined }]
      : []),
  ]);
  return { id: factor.id, versions };
}

const profileOf = (one: Employee, { type, id }: FactorFact): Json => {
  if (type === 'sms' || type === 'call')
    return { phoneNumber: `+1-555-01${String(id.charCodeAt(4) % 100).padStart(2, '0')}` };
  if (type === 'email') return { email: one.email };
  if (type === 'question')
    return { question: 'favorite_art_piece', questionText: 'What is your favorite piece of art?' };
  if (type === 'webauthn' || type === 'u2f') return { credentialId: id, authenticatorName: 'Passkey' };
  return { credentialId: one.okta.login };
};

function groupsOf(stage: Stage, staff: readonly Employee[]) {
  const dice = random(stage.seed, `${stage.profile.tenant}|groups`);
  const created = iso(stage.start - 1000 * 86_400_000);
  const make = (name: string, type: string, holds: (one: Employee) => boolean) => {
    const id = `00g${dice.text(letters, 17)}`;
    const record: Json = {
      id,
      created,
      lastUpdated: created,
      lastMembershipUpdated: created,
      objectClass: ['okta:user_group'],
      type,
      profile: { name, description: null },
    };
    return {
      group: { id, versions: [{ from: created, record }] },
      members: staff.filter(holds).map(({ okta }) => okta.id),
    };
  };
  const made = [
    make('Everyone', 'BUILT_IN', () => true),
    make('Okta Administrators', 'BUILT_IN', ({ okta }) => okta.isAdmin),
    make('helpdesk-ADMINS', 'OKTA_GROUP', ({ okta }) => okta.isAdmin && okta.id.charCodeAt(6) % 2 === 0),
    ...departments.map(([name]) => make(name, 'OKTA_GROUP', ({ department }) => department === name)),
  ];
  return {
    groups: made.map(({ group }) => group),
    members: new Map(made.map(({ group, members }) => [group.id, members])),
  };
}
