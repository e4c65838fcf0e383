// Cases of okta_log_start.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'the log begins with its oldest event, whenever that came': {
    given: {
      okta__log: [
        { uuid: 'e1', published: '2026-01-02T00:00:00Z', ingest_at: '2026-01-03T00:00:00Z' },
        { uuid: 'e2', published: '2026-01-01T00:00:00Z', ingest_at: '2026-01-04T00:00:00Z' },
      ],
    },
    expect: [{ started_at: '2026-01-01T00:00:00Z', ingest_at: '2026-01-04T00:00:00Z' }],
  },
});
