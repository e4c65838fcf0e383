// When the Okta log that we have begins.
import { tableMeta } from '../../../table-meta.ts';

export const oktaLogStart = tableMeta({
  name: 'okta_log_start',
  grain: 'One row, none without a log.',
  about: 'When the Okta log that we have begins: states of earlier days cannot be told.',
  key: ['tenant_id'],
  columns: {
    started_at: { type: 'TIMESTAMPTZ', about: 'Oldest event.' },
  },
});
