// Cases of source_deletions.
import { modelCases } from '../../../cases/case.ts';

const later = '2026-04-01T00:00:00Z';
const gone = (id: string, more: object = {}) => ({ id, _deleted: true, ingest_at: later, ...more });

export const cases = modelCases({
  'a user of Entra is deleted where Graph says so; one whom a complete listing lacks, by that': {
    given: {
      intune__users: [{ id: '1' }, gone('1', { removed_reason: 'changed' }), { id: '2' }, gone('2'), { id: '3' }],
    },
    expect: [
      { stream: 'intune.users', record_key: '1', deletion_kind: 'deleted', evidence: 'told by the vendor' },
      {
        stream: 'intune.users',
        record_key: '2',
        deletion_kind: 'deleted',
        evidence: 'missing from a complete listing',
      },
    ],
  },
  'an account of Okta is deleted only after it was deactivated; one that was not is no longer ours to see': {
    given: {
      okta__users: [
        { id: '1', status: 'DEPROVISIONED' },
        gone('1'),
        { id: '2', status: 'ACTIVE' },
        gone('2'),
        { id: '3', status: 'ACTIVE' },
      ],
    },
    expect: [
      { stream: 'okta.users', record_key: '1', deletion_kind: 'deleted', evidence: 'deactivated before' },
      { stream: 'okta.users', record_key: '2', deletion_kind: 'not_visible', evidence: 'was never deactivated' },
    ],
  },
  'an issue is deleted where its project is still listed, and not visible where the project went with it': {
    given: {
      jira__projects: [{ id: 'p1' }, { id: 'p2' }, gone('p2')],
      jira__issues: [
        { id: '1', project_id: 'p1' },
        { id: '2', project_id: 'p2' },
      ],
      jira__issue_ids: [{ id: '1' }, { id: '2' }, gone('1'), gone('2')],
    },
    expect: [
      { stream: 'jira.issues', record_key: '1', deletion_kind: 'deleted', evidence: 'missing from a complete listing' },
      { stream: 'jira.issues', record_key: '2', deletion_kind: 'not_visible', evidence: 'its project is not listed' },
      { stream: 'jira.projects', record_key: 'p2', deletion_kind: 'not_visible', evidence: 'the vendor does not say' },
    ],
  },
  'a single device is deleted; most of a fleet in one listing is a scope that was narrowed': {
    given: {
      intune__managed_devices: [{ id: '1' }, { id: '2' }, gone('1')],
      jamf__computers: Array.from({ length: 21 }, (_, i) => [{ id: `${i}` }, gone(`${i}`)]).flat(),
      jamf__mobile_devices: [{ id: '1' }, { id: '2' }, gone('2')],
    },
    expect: [
      { stream: 'intune.managed_devices', record_key: '1', deletion_kind: 'deleted' },
      ...Array.from({ length: 21 }, (_, i) => ({
        stream: 'jamf.computers',
        record_key: `${i}`,
        deletion_kind: 'not_visible',
      })),
      { stream: 'jamf.mobile_devices', record_key: '2', deletion_kind: 'deleted' },
    ],
  },
  'an account that was deactivated once and activated again is not deleted when it vanishes: somebody hides it': {
    given: {
      okta__users: [{ id: '1', status: 'ACTIVE' }, gone('1'), { id: '2', status: 'ACTIVE' }, gone('2')],
      okta_account_events: [
        { okta_user_id: '1', event_id: 'a', turned_on: false, occurred_at: '2026-01-01T00:00:00Z' },
        { okta_user_id: '1', event_id: 'b', turned_on: true, occurred_at: '2026-02-01T00:00:00Z' },
        { okta_user_id: '2', event_id: 'c', turned_on: false, occurred_at: '2026-02-01T00:00:00Z' },
      ].map((event) => ({ ...event, subject: 'account' })),
    },
    expect: [
      { stream: 'okta.users', record_key: '1', deletion_kind: 'not_visible' },
      { stream: 'okta.users', record_key: '2', deletion_kind: 'deleted' },
    ],
  },
  'an index is deleted where the key might read all that the connection asked for then, and hidden where it might not or nobody asked':
    {
      given: {
        elasticsearch__indices: ['.ds-logs-auth-2026.01.01-000001', 'audit-1', 'old-1', 'logs-live'].flatMap((name) => [
          { name, _key: name },
          ...(name === 'logs-live' ? [] : [{ name, _key: name, _deleted: true, ingest_at: later, _page: 'run2-1' }]),
        ]),
        elasticsearch__access: [
          { pattern: 'logs-*', _key: 'logs-*', may_read: true },
          // What the key lost afterwards says nothing of what went before.
          { pattern: 'logs-*', _key: 'logs-*', may_read: false, ingest_at: '2026-04-02T00:00:00Z', _page: 'run3-1' },
          { pattern: 'audit-*', _key: 'audit-*', may_read: false },
          { pattern: 'old-*', _key: 'old-*', may_read: true },
          { pattern: 'old-*', _key: 'old-*', _deleted: true, ingest_at: later, _page: 'run2-1' },
        ],
      },
      expect: [
        {
          stream: 'elasticsearch.indices',
          record_key: '.ds-logs-auth-2026.01.01-000001',
          deletion_kind: 'deleted',
          evidence: 'missing from a complete listing',
        },
        {
          stream: 'elasticsearch.indices',
          record_key: 'audit-1',
          deletion_kind: 'not_visible',
          evidence: 'the key may not read all that is asked for',
        },
        {
          stream: 'elasticsearch.indices',
          record_key: 'old-1',
          deletion_kind: 'not_visible',
          evidence: 'the connection does not ask for it',
        },
      ],
    },
  'an issue that went before its project did was deleted': {
    given: {
      jira__projects: [{ id: 'p1' }, gone('p1', { ingest_at: '2026-04-05T00:00:00Z' })],
      jira__issues: [{ id: '1', project_id: 'p1' }],
      jira__issue_ids: [{ id: '1' }, gone('1')],
    },
    expect: [
      { stream: 'jira.issues', record_key: '1', deletion_kind: 'deleted' },
      { stream: 'jira.projects', record_key: 'p1', deletion_kind: 'not_visible' },
    ],
  },
  'all computers of a site at once are a site that was taken from us; one of a site that is still listed is deleted': {
    given: {
      jamf__computers: [
        { id: '1', site_id: 's1' },
        { id: '2', site_id: 's1' },
        { id: '3', site_id: 's2' },
        { id: '4', site_id: 's2' },
        gone('1', { site_id: 's1' }),
        gone('2', { site_id: 's1' }),
        gone('3', { site_id: 's2' }),
      ],
    },
    expect: [
      { stream: 'jamf.computers', record_key: '1', deletion_kind: 'not_visible' },
      { stream: 'jamf.computers', record_key: '2', deletion_kind: 'not_visible' },
      { stream: 'jamf.computers', record_key: '3', deletion_kind: 'deleted' },
    ],
  },
  'what came back is not gone': {
    given: { jira__projects: [{ id: '1' }, gone('1'), { id: '1', ingest_at: '2026-04-02T00:00:00Z' }] },
    expect: [],
  },
});
