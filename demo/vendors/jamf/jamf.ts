// Jamf Pro as a vendor: computers in four versions of the API, mobile devices, users, tokens. It has no limiter; more than five requests at once is bad manners.
import type { Json } from '../../world.ts';
import { type Answer, type Incoming, json, wholeNumber } from '../exchange.ts';
import type { Route } from '../routes.ts';
import { standing, standingById } from '../standing.ts';
import type { Vendor, VendorNeeds } from '../vendor.ts';
import { jamfError } from './answers.ts';
import { parseRsql, sorted } from './rsql.ts';
import { computerSections, inVersion, mobileSections, onlySections, shortMobile } from './sections.ts';
import { jamfTokens } from './tokens.ts';

const meter = 'none';

/** The stand-in's side of `/api/...` of a Jamf Pro server. */
export function createJamf({ world, now, credentials, overScoped }: VendorNeeds): Vendor {
  const { computers, mobileDevices } = world.jamf;
  const tokens = jamfTokens({ now, overScoped, ...credentials.jamf });
  const computerById = standingById(computers);
  const mobileById = standingById(mobileDevices);
  const missing = (id: string) => jamfError(404, 'INVALID_ID', `No record with id ${id}`, 'id');

  const inventory = (version: number): Route[] => [
    {
      method: 'GET',
      path: `/api/v${version}/computers-inventory`,
      meter,
      answer: (request) =>
        listing(
          request,
          standing(computers, now()).map((one) => inVersion(one, version)),
          {
            sections: computerSections,
            sort: 'general.name:asc',
          },
        ),
    },
    ...['computers-inventory-detail', 'computers-inventory'].map(
      (name): Route => ({
        method: 'GET',
        path: `/api/v${version}/${name}/:id`,
        meter,
        child: true,
        answer: (request, { id = '' }) => {
          const found = computerById(id, now());
          if (!found) return missing(id);
          const record = inVersion(found, version);
          if (name.endsWith('detail'))
            return json(onlySections(record, computerSections, new Set(computerSections.keys())));
          const wanted = sectionsOf(request, computerSections);
          return wanted ? json(onlySections(record, computerSections, wanted)) : badSection();
        },
      }),
    ),
  ];

  return {
    meters: {},
    faults: ['busy', 'error500', 'error503', 'truncated', 'expired', 'slow'],
    maxConcurrent: 5,
    routes: [
      { method: 'POST', path: '/api/v1/oauth/token', meter, open: true, answer: tokens.issueToClient },
      { method: 'POST', path: '/api/oauth/token', meter, open: true, answer: tokens.issueToClient },
      { method: 'POST', path: '/api/v1/auth/token', meter, open: true, answer: tokens.issueToUser },
      { method: 'GET', path: '/api/v1/auth', meter, answer: tokens.describe },
      {
        method: 'GET',
        path: '/api/v1/jamf-pro-version',
        meter,
        answer: () => json({ version: '11.30.1-t1784555528405' }),
      },
      ...[1, 2, 3, 4].flatMap(inventory),
      {
        method: 'GET',
        path: '/api/v2/mobile-devices/detail',
        meter,
        answer: (request) =>
          listing(request, standing(mobileDevices, now()), { sections: mobileSections, sort: 'displayName:asc' }),
      },
      {
        method: 'GET',
        path: '/api/v2/mobile-devices',
        meter,
        answer: (request) => {
          const query = new URLSearchParams(request.query);
          query.delete('filter');
          const short = standing(mobileDevices, now()).map(shortMobile);
          return listing({ ...request, query }, short, { sections: undefined, sort: 'id:asc' });
        },
      },
      ...['', '/detail'].map(
        (suffix): Route => ({
          method: 'GET',
          path: `/api/v2/mobile-devices/:id${suffix}`,
          meter,
          child: true,
          answer: (_, { id = '' }) => {
            const found = mobileById(id, now());
            if (!found) return missing(id);
            return json(
              suffix ? onlySections(found, mobileSections, new Set(mobileSections.keys())) : shortMobile(found),
            );
          },
        }),
      ),
      {
        method: 'GET',
        path: '/api/v1/users',
        meter,
        answer: (request) => userList(request, standing(computers, now())),
      },
    ],
    refuse: tokens.refuse,
    revokeTokens: tokens.revoke,
    unknownPath: () => jamfError(404, 'NOT_FOUND', 'Not found'),
    // Only the edge of Jamf Cloud throttles, and it does not say for how long.
    busy: (_, now) => ({ answer: jamfError(429, 'TOO_MANY_REQUESTS', 'Too many requests'), until: now }),
    broken: (status) => jamfError(status, 'INTERNAL', 'Something went wrong'),
    dress: (_, request) => ({
      'cache-control': 'no-store, no-cache, must-revalidate',
      ...(!request.header('cookie')?.includes('APBALANCEID') && {
        'set-cookie': 'APBALANCEID=aws.tessera-demo-1; Path=/; HttpOnly',
      }),
    }),
  };
}

interface Listing {
  readonly sections: ReadonlyMap<string, string> | undefined;
  readonly sort: string;
}

/** `page` counts from 0; `totalCount` counts what the filter left. */
function listing(request: Incoming, records: readonly Json[], { sections, sort }: Listing): Answer {
  const { query } = request;
  const filter = query.get('filter') || undefined;
  const test = filter === undefined ? undefined : parseRsql(filter);
  if (filter !== undefined && !test) return jamfError(400, 'INVALID_FILTER', 'The filter is not RSQL', 'filter');
  const wanted = sections && sectionsOf(request, sections);
  if (sections && !wanted) return badSection();
  const kept = sorted(test ? records.filter(test) : records, query.has('sort') ? query.getAll('sort') : [sort]);
  const size = wholeNumber(query.get('page-size'), 100, 1, 2000);
  const start = wholeNumber(query.get('page'), 0, 0, 1_000_000) * size;
  const page = kept.slice(start, start + size);
  return json({
    totalCount: kept.length,
    results: sections && wanted ? page.map((record) => onlySections(record, sections, wanted)) : page,
  });
}

const badSection = (): Answer => jamfError(400, 'INVALID_SECTION', 'Unknown section', 'section');

/** Sections asked for, GENERAL by default; undefined when one does not exist. */
function sectionsOf(request: Incoming, known: ReadonlyMap<string, string>): Set<string> | undefined {
  const asked = request.query.getAll('section').flatMap((one) => one.split(','));
  if (asked.some((section) => !known.has(section))) return undefined;
  return new Set(asked.length > 0 ? asked : ['GENERAL']);
}

/** Jamf's users are what the devices' userAndLocation says. */
function userList(request: Incoming, computers: readonly Json[]): Answer {
  const byName = new Map<string, Json>();
  for (const { userAndLocation } of computers) {
    const user = (userAndLocation ?? {}) as Json;
    if (typeof user.username !== 'string' || user.username === '' || byName.has(user.username)) continue;
    const { username, realname = '', email = '', phone = '', position = '' } = user;
    byName.set(username, { id: String(byName.size + 1), username, realname, email, phone, position });
  }
  const size = wholeNumber(request.query.get('page-size'), 100, 1, 1000);
  const page = wholeNumber(request.query.get('page'), 0, 0, 1_000_000);
  const all = [...byName.values()];
  return json({
    page,
    pageSize: size,
    totalCount: all.length,
    totalPages: Math.ceil(all.length / size),
    hasNext: (page + 1) * size < all.length,
    hasPrevious: page > 0,
    results: all.slice(page * size, (page + 1) * size),
  });
}
