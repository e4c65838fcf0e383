// Cases of source_deletions.
import { modelCases } from '../../../cases/case.ts';

const later = '2026-04-01T00:00:00Z';
const gone = (id: string, more: object = {}) => ({ id, _deleted: true, ingest_at: later, ...more });

export const cases = modelCases({
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
  'what came back is not gone': {
    given: { jira__projects: [{ id: '1' }, gone('1'), { id: '1', ingest_at: '2026-04-02T00:00:00Z' }] },
    expect: [],
  },
});
