// Cases of okta_admins.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'members of groups whose name holds admin in any case, now': {
    given: {
      okta__groups: [
        { id: 'g1', name: 'Okta Administrators' },
        { id: 'g2', name: 'Everyone' },
        { id: 'g3', name: 'Old admins' },
        { id: 'g3', name: 'Old admins', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
      okta__group_members: [
        { user_id: 'u1', group_id: 'g1', _key: 'g1|u1' },
        { user_id: 'u2', group_id: 'g2', _key: 'g2|u2' },
        { user_id: 'u3', group_id: 'g3', _key: 'g3|u3' },
        { user_id: 'u4', group_id: 'g1', _key: 'g1|u4' },
        { user_id: 'u4', group_id: 'g1', _key: 'g1|u4', _deleted: true, ingest_at: '2026-03-31T00:00:00Z' },
      ],
    },
    expect: [{ okta_user_id: 'u1' }],
  },
});
