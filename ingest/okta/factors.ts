// Enrolled factors of each user: one call a user, so only for users who are new, changed, or named by a factor event in the log.
import type { StreamDefinition } from '../contract.ts';
import type { OktaClient } from './client.ts';

export const factors: StreamDefinition<OktaClient> = {
  name: 'factors',
  about:
    "Factors of each user with their status. Okta lists only what the user's enrolment policy allows, seen from our network zone.",
  mode: 'children',
  endpoint: 'GET /api/v1/users/{userId}/factors',
  records: '$[*]',
  primaryKey: ['user_id', 'id'],
  parent: {
    stream: 'users',
    column: 'user_id',
    touchedBy: [
      {
        stream: 'log',
        keys: `select json_extract_string(target, '$.id') from (select unnest(json_extract(targets, '$[*]')) as target from added where event_type like 'user.mfa.factor.%') where json_extract_string(target, '$.type') = 'User'`,
      },
    ],
  },
  pageSize: 200,
  cursorAbout: 'None: one call for each user that is new, changed, or target of a user.mfa.factor.* event.',
  deletes: "A factor no longer in a user's list gets a deleted version.",
  retention: 'Until the factor is reset or the user deleted.',
  alsoKnown: ['vendorName', 'profile', '_links', '_embedded', 'verify'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Factor id.' },
    factor_type: {
      type: 'VARCHAR',
      path: '$.factorType',
      required: true,
      about:
        'push, sms, call, token, token:software:totp, token:hotp, token:hardware, web, webauthn, u2f, signed_nonce, email, question, password, …',
    },
    provider: { type: 'VARCHAR', path: '$.provider', about: 'OKTA, GOOGLE, FIDO, DUO, YUBICO, …' },
    status: {
      type: 'VARCHAR',
      path: '$.status',
      required: true,
      about: 'ACTIVE counts as enrolled; PENDING_ACTIVATION, ENROLLED, EXPIRED, INACTIVE, NOT_SETUP, DISABLED do not.',
    },
    created: { type: 'TIMESTAMPTZ', path: '$.created', about: 'When it was enrolled.' },
    last_updated: { type: 'TIMESTAMPTZ', path: '$.lastUpdated', about: 'Last change.' },
  },
  pages: async function* ({ client, parents }) {
    for (const parent of (await parents?.()) ?? []) {
      // A user can be deleted between the listing and this call.
      const page = await client.page(`/api/v1/users/${encodeURIComponent(parent)}/factors`, {
        stream: 'factors',
        whenGone: 'skip',
      });
      if (page === undefined) continue;
      const { next: _next, json: _json, ...answer } = page;
      yield { ...answer, parent, cursor: null };
    }
  },
};
