// Elasticsearch.
import type { Connector } from '../contract.ts';
import { authLogs } from './auth-logs.ts';
import { connectElasticsearch, type ElasticsearchClient } from './client.ts';
import { access, indices } from './indices.ts';
import { elasticsearchScopes } from './privileges.ts';
import { type ElasticsearchSettings, elasticsearchSettings } from './settings.ts';

export const elasticsearch: Connector<ElasticsearchSettings, ElasticsearchClient> = {
  source: 'elasticsearch',
  title: 'Elasticsearch',
  settings: elasticsearchSettings,
  secrets: ['apiKey'],
  auth: 'API key',
  scopes: elasticsearchScopes,
  limits:
    'No rate limit; a full search queue answers 429 without Retry-After. 10,000 hits a page at most; we ask for 5,000, one search at a time.',
  docs: 'https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results',
  connect: connectElasticsearch,
  // The key's rights last: an index that vanishes between the two is then not taken for deleted.
  streams: [authLogs, indices, access],
};
