// Okta as a vendor: users, factors, groups and the System Log behind an SSWS token or an OAuth access token.
import { type Answer, type Incoming, json, wholeNumber } from '../exchange.ts';
import type { MeterRule } from '../meter.ts';
import { at, standing, standingById } from '../standing.ts';
import type { Vendor, VendorNeeds } from '../vendor.ts';
import { oktaError } from './answers.ts';
import { linkPage } from './link-pages.ts';
import { logRoute } from './logs.ts';
import { oktaTokens } from './oauth.ts';
import { parseScim } from './scim-filter.ts';

/** Per minute. One token may use half of an organisation's bucket. */
const published = { logs: 120, users: 600, factors: 600, groups: 500, devices: 50, other: 600 };
const meters = (share: number): Record<string, MeterRule> =>
  Object.fromEntries(
    Object.entries(published).map(([name, limit]) => [name, { kind: 'window', limit: limit * share, perMs: 60_000 }]),
  );

/** The stand-in's side of `GET /api/v1/...` of an Okta organisation. */
export function createOkta({ world, now, limits, credentials, overScoped }: VendorNeeds): Vendor {
  const { users, factors, groups, members, log } = world.okta;
  const userById = standingById(users);
  const groupById = standingById(groups);
  const tokens = oktaTokens({ now, overScoped, app: credentials.okta.app });
  const user = (idOrLogin: string) =>
    userById(idOrLogin, now()) ?? standing(users, now()).find((one) => at(one, 'profile.login') === idOrLogin);
  const missing = (id: string, type: string) => oktaError('E0000007', `${id} (${type})`);

  return {
    meters: meters(limits === 'strict' ? 0.5 : 50),
    faults: ['busy', 'error500', 'error503', 'truncated', 'slow'],
    routes: [
      { method: 'POST', path: '/oauth2/v1/token', meter: 'other', open: true, answer: tokens.issue },
      {
        method: 'GET',
        path: '/api/v1/org',
        meter: 'other',
        answer: () => json(organisation(world.displayName, world.tenant)),
      },
      { method: 'GET', path: '/api/v1/logs', meter: 'logs', answer: logRoute(log, now) },
      {
        method: 'GET',
        path: '/api/v1/users',
        meter: 'users',
        answer: (request) => listUsers(request, standing(users, now())),
      },
      {
        method: 'GET',
        path: '/api/v1/users/:id',
        meter: 'users',
        child: true,
        answer: (_, { id = '' }) => {
          const found = user(id);
          return found ? json(found) : missing(id, 'User');
        },
      },
      {
        method: 'GET',
        path: '/api/v1/users/:id/factors',
        meter: 'factors',
        child: true,
        answer: (_, { id = '' }) => {
          const found = user(id);
          return found ? json(standing(factors.get(`${found.id}`) ?? [], now())) : missing(id, 'User');
        },
      },
      {
        method: 'GET',
        path: '/api/v1/users/:id/factors/:factor',
        meter: 'factors',
        child: true,
        answer: (_, { id = '', factor = '' }) => {
          const found = standing(factors.get(id) ?? [], now()).find((one) => one.id === factor);
          return found ? json(found) : missing(factor, 'UserFactor');
        },
      },
      {
        method: 'GET',
        path: '/api/v1/groups',
        meter: 'groups',
        answer: (request) =>
          filtered(request, standing(groups, now()), wholeNumber(request.query.get('limit'), 10_000, 1, 10_000)),
      },
      {
        method: 'GET',
        path: '/api/v1/groups/:id/users',
        meter: 'groups',
        child: true,
        answer: (request, { id = '' }) => {
          if (!groupById(id, now())) return missing(id, 'UserGroup');
          const found = (members.get(id) ?? [])
            .map((member) => userById(member, now()))
            .filter((one) => one !== undefined);
          return linkPage(request, found, wholeNumber(request.query.get('limit'), 1000, 1, 1000));
        },
      },
      { method: 'GET', path: '/api/v1/devices', meter: 'devices', answer: (request) => linkPage(request, [], 200) },
    ],
    refuse: (request) => {
      const [scheme, value = ''] = (request.header('authorization') ?? '').split(' ');
      if (scheme === 'SSWS') return value === credentials.okta.token ? undefined : oktaError('E0000011');
      return scheme === 'Bearer' ? tokens.refuse(value, request) : oktaError('E0000011');
    },
    revokeTokens: tokens.revoke,
    unknownPath: () => oktaError('E0000022'),
    // The real service sends no Retry-After: clients take the reset from the Date header.
    busy: ({ resetAt }) => ({ answer: oktaError('E0000047'), until: Math.ceil(resetAt / 1000) * 1000 }),
    broken: (status) => oktaError('E0000009', undefined, status),
    dress: ({ limit, remaining, resetAt }) => ({
      'x-okta-request-id': 'tessera-demo',
      'cache-control': 'no-cache, no-store',
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-remaining': String(remaining),
      'x-rate-limit-reset': String(Math.ceil(resetAt / 1000)),
    }),
  };
}

/** A plain listing leaves DEPROVISIONED users out; `search` and `filter` do not. */
function listUsers(request: Incoming, users: readonly Record<string, unknown>[]): Answer {
  const limit = wholeNumber(request.query.get('limit'), 200, 1, 200);
  const asked = request.query.has('search') || request.query.has('filter');
  return filtered(request, asked ? users : users.filter((user) => user.status !== 'DEPROVISIONED'), limit);
}

function filtered(request: Incoming, records: readonly Record<string, unknown>[], limit: number): Answer {
  const expression = request.query.get('search') ?? request.query.get('filter');
  const filter = expression === null ? undefined : parseScim(expression);
  if (expression !== null && !filter) return oktaError('E0000031', expression);
  const word = request.query.get('q')?.toLowerCase();
  const kept = records.filter(
    (record) =>
      (!filter || filter.test(record)) &&
      (!word ||
        JSON.stringify(record.profile ?? '')
          .toLowerCase()
          .includes(word)),
  );
  const sortBy = request.query.get('sortBy');
  if (sortBy !== null && request.query.has('search')) {
    const sign = request.query.get('sortOrder')?.toLowerCase().startsWith('desc') ? -1 : 1;
    kept.sort((a, b) => sign * `${at(a, sortBy) ?? ''}`.localeCompare(`${at(b, sortBy) ?? ''}`));
  }
  return linkPage(request, kept, limit);
}

const organisation = (companyName: string, subdomain: string) => ({
  id: `00o${subdomain}`,
  companyName,
  subdomain,
  status: 'ACTIVE',
});
