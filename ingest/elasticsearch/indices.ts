// Census of indices: documents are deleted with their index (by its lifecycle policy, say), and an index that the key may not read is answered as if it were not there.
import type { StreamDefinition } from '../contract.ts';
import type { ElasticsearchClient } from './client.ts';

export const indices: StreamDefinition<ElasticsearchClient> = {
  name: 'indices',
  about:
    'Indices that hold authentication events, as far as the key may read them. Their documents stay here when they go.',
  mode: 'changes',
  endpoint: 'POST /{index}/_search (aggregation by _index)',
  records: '$.aggregations.indices.buckets[*]',
  primaryKey: ['name'],
  pageSize: 10_000,
  cursorAbout: 'None: one answer names them all, every run.',
  deletes: 'An index that the answer no longer has gets a deleted version: deleted, or not to be read by the key.',
  retention: "As the index's lifecycle policy says.",
  alsoKnown: ['doc_count'],
  columns: {
    name: {
      type: 'VARCHAR',
      path: '$.key',
      required: true,
      about: 'Name of the backing index, as documents carry it.',
    },
  },
  pages: async function* ({ client }) {
    const page = await client.indexNames();
    if (page !== undefined) yield { ...page, cursor: null, full: true };
  },
};

export const access: StreamDefinition<ElasticsearchClient> = {
  name: 'access',
  about:
    "Whether the key may read all that matches each of the connection's patterns: what tells a deleted index from a hidden one.",
  mode: 'changes',
  endpoint: 'POST /_security/user/_has_privileges',
  records: '$.index',
  keyed: true,
  primaryKey: ['pattern'],
  pageSize: 1,
  cursorAbout: 'None: one answer, every run, after the census.',
  deletes: 'A pattern that the connection no longer has gets a deleted version.',
  retention: 'As long as the key lives.',
  columns: {
    pattern: { type: 'VARCHAR', path: '$.key', required: true, about: "A pattern of the connection's `index`." },
    may_read: { type: 'BOOLEAN', path: '$.value.read', required: true, about: 'The key may read all that it matches.' },
  },
  pages: async function* ({ client }) {
    const page = await client.mayRead();
    if (page !== undefined) yield { ...page, cursor: null, full: true };
  },
};
