// Who may see and do what: the policy pack. Data only; `npm run -s tessera -- policy lint` checks it, docs/how-to/change-a-policy.md says how to change it.
import type { PolicyPack } from './pack-schema.ts';

const everyView = [
  'auth_attempts',
  'auth_events',
  'backlog',
  'device_states',
  'devices',
  'issue_transitions',
  'issues',
  'projects',
  'user_states',
  'users',
] as const;
const everyKind = ['measure', 'dimension', 'segment'] as const;

export const pack = {
  version: 1,
  roles: {
    viewer: {
      about: 'Reads dashboards: every number, and people as tokens.',
      clearance: 'confidential',
      grants: [{ id: 'read', views: everyView, kinds: everyKind, upTo: 'pii' }],
      actions: ['query', 'pipeline.read'],
    },
    analyst: {
      about: 'Asks questions of its own by every door, and sees whom the numbers are about.',
      clearance: 'pii',
      grants: [{ id: 'read', views: everyView, kinds: everyKind, upTo: 'pii' }],
      actions: ['query', 'sql', 'export', 'pipeline.read'],
    },
    steward: {
      about:
        'Answers for the data: rows, refused records, policies, the audit trail, embeds, and what a token stands for.',
      clearance: 'pii',
      grants: [{ id: 'read', views: everyView, kinds: everyKind, upTo: 'pii' }],
      actions: [
        'query',
        'sql',
        'export',
        'rows.raw',
        'policy.explain',
        'audit.read',
        'pii.reveal',
        'embed.mint',
        'pipeline.read',
        'quarantine.read',
      ],
    },
    operator: {
      about: 'Keeps the pipeline running; needs numbers to see that it does, and nobody by name.',
      clearance: 'internal',
      grants: [{ id: 'run', views: everyView, kinds: everyKind, upTo: 'internal' }],
      actions: ['query', 'pipeline.read', 'pipeline.operate', 'quarantine.read', 'quarantine.operate'],
    },
    'platform-analyst': {
      about:
        'Compares tenants for those who run the platform: numbers and their breakdowns, nobody at all, not even as a token.',
      clearance: 'internal',
      grants: [{ id: 'compare', views: everyView, kinds: everyKind, upTo: 'internal' }],
      actions: ['query', 'sql', 'pipeline.read'],
    },
  },
  scopes: {
    'own-org': {
      about: 'Rows of the organisation that the caller belongs to.',
      attribute: 'org',
      operator: 'equals',
      members: {
        auth_attempts: 'org_id',
        auth_events: 'org_id',
        backlog: 'org_id',
        device_states: 'org_id',
        devices: 'org_id',
        issue_transitions: 'org_id',
        issues: 'org_id',
        projects: 'org_id',
        user_states: 'org_id',
        users: 'org_id',
      },
    },
    'own-region': {
      about:
        'Sign-ins from the country that the caller is responsible for; other views know no country and are closed.',
      attribute: 'region',
      operator: 'equals',
      members: { auth_attempts: 'country', auth_events: 'country' },
    },
    'own-team': {
      about:
        'People, devices and sign-ins of the departments that the caller leads; other views know no department and are closed.',
      attribute: 'teams',
      operator: 'equals',
      members: {
        auth_attempts: 'department',
        device_states: 'department',
        devices: 'department',
        user_states: 'department',
        users: 'department',
      },
    },
  },
  bindings: [
    { group: 'admin', roles: ['analyst', 'steward', 'operator'] },
    { group: 'analyst', roles: ['analyst'] },
    { group: 'viewer', roles: ['viewer'] },
    { group: 'steward', roles: ['steward'] },
    { group: 'operator', roles: ['operator'] },
    { group: 'platform-analyst', roles: ['platform-analyst'] },
    { group: 'org-analyst', roles: ['analyst'], scopes: ['own-org'] },
    { group: 'region-analyst', roles: ['analyst'], scopes: ['own-region'] },
    { group: 'team-viewer', roles: ['viewer'], scopes: ['own-team'] },
  ],
  masks: [{ id: 'mask-pii', classification: 'pii' }],
  denies: [
    {
      id: 'platform-sees-nobody',
      about: 'Whoever compares tenants sees no person and no weak spot, whatever other group he is in.',
      roles: ['platform-analyst'],
      from: 'confidential',
      actions: ['pii.reveal', 'rows.raw', 'export'],
    },
  ],
} as const satisfies PolicyPack;
