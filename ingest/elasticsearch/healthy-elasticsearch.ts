// For tests: an Elasticsearch cluster with a few authentication documents, as far as the connector asks.
import type { ConnectorCase } from '../connector.contract.ts';
import { defineConnector } from '../define-connector.ts';
import type { StubAnswer, StubCall } from '../stub-vendor.ts';
import { elasticsearch } from './index.ts';

export const elasticsearchKey = 'aWQ6czNjcmV0LWtleS1vZi10aGUtcmVhZGVy';

export interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

export const authDocument = (id: string, more: object = {}): Hit => ({
  _index: '.ds-logs-auth-2026.01.01-000001',
  _id: id,
  _source: {
    '@timestamp': '2025-12-31T10:00:00.000Z',
    event: {
      ingested: '2025-12-31T10:00:02.000Z',
      category: ['authentication'],
      action: 'ssh_login',
      outcome: 'failure',
    },
    user: { name: 'root' },
    source: { ip: '198.18.0.7', geo: { country_name: 'Norway' } },
    message: 'Failed password for root',
    ...more,
  },
});

/** A search's answer as text; sort values carry a tiebreak that no JavaScript number holds. */
export function searchAnswer(hits: readonly Hit[], more: object = {}, pit = 'pit-1'): string {
  const rendered = hits.map(
    (hit, i) =>
      `${JSON.stringify(hit).slice(0, -1)},"_score":null,"sort":["${hit._source['@timestamp']}",922337203685477580${i}]}`,
  );
  const rest = {
    took: 3,
    timed_out: false,
    _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
    pit_id: pit,
    ...more,
  };
  return `${JSON.stringify(rest).slice(0, -1)},"hits":{"max_score":null,"hits":[${rendered.join(',')}]}}`;
}

/** Lower bound of event.ingested in a search. */
export function sinceOf(call: StubCall): string | undefined {
  return /"event\.ingested":\{"gt":"([^"]+)"/.exec(call.body)?.[1];
}

export function healthyElasticsearch(call: StubCall): StubAnswer {
  if (call.headers.authorization !== `ApiKey ${elasticsearchKey}`)
    return { status: 401, body: { error: { type: 'security_exception' } } };
  if (call.path === '/_security/user/_privileges') {
    return {
      body: { cluster: [], indices: [{ names: ['logs-*'], privileges: ['read', 'view_index_metadata'] }], run_as: [] },
    };
  }
  if (call.path === '/_security/user/_has_privileges')
    return { body: { username: 'reader', has_all_requested: true, index: { 'logs-*': { read: true } } } };
  if (call.body.includes('"aggs"')) {
    const buckets = [{ key: '.ds-logs-auth-2026.01.01-000001' }];
    const aggregations = { indices: { sum_other_doc_count: 0, buckets } };
    return { body: { timed_out: false, _shards: { total: 2, failed: 0 }, aggregations } };
  }
  if (call.url.pathname.endsWith('/_pit')) return { body: { id: 'pit-0', succeeded: true } };
  // A later run asks for what came after the first one: nothing.
  return { body: searchAnswer(sinceOf(call) === undefined ? [authDocument('a'), authDocument('b')] : []) };
}

export const elasticsearchCase: ConnectorCase = {
  connector: defineConnector(elasticsearch),
  settings: (url) => ({ url, apiKey: elasticsearchKey }),
  secrets: [elasticsearchKey],
  answer: healthyElasticsearch,
  // No Retry-After is documented: a second, and the runner's own back-off.
  busy: { headers: {}, waitMs: 1000 },
};
