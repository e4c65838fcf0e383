// One row per record that complete listings have no more.
import { tableMeta } from '../../../table-meta.ts';

export const sourceDeletions = tableMeta({
  name: 'source_deletions',
  grain: 'One row per record that complete listings have no more.',
  about:
    'Deletion census: gone at the vendor, or no longer visible to us. Documents of Elasticsearch go with their index, and what we have of them stays.',
  key: ['stream', 'record_key'],
  columns: {
    stream: { type: 'VARCHAR', about: 'Source and kind, for example jira.issues.' },
    record_key: { type: 'VARCHAR', about: 'Its key there.' },
    deletion_kind: { type: 'VARCHAR', about: 'deleted or not_visible.' },
    evidence: { type: 'VARCHAR', about: 'Why it is taken for that.' },
    gone_at: { type: 'TIMESTAMPTZ', about: 'When a listing first had it no more.' },
  },
});
