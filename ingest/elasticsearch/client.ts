// The only file that knows Elasticsearch's HTTP: API key, points in time, and answers that are incomplete although they are 200.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds, StreamPage } from '../contract.ts';
import { KeptAnswer } from '../kept-answer.ts';
import { callVendor, pageOf, readJson, type VendorAnswer } from '../vendor-call.ts';
import { excessPrivileges } from './privileges.ts';
import { authentication, lastSort } from './search-body.ts';
import type { ElasticsearchSettings } from './settings.ts';

const pitAnswer = z.looseObject({ id: z.string().min(1) });
const searchAnswer = z.looseObject({
  pit_id: z.string().min(1).optional(),
  timed_out: z.boolean(),
  _shards: z.looseObject({ total: z.number(), failed: z.number() }),
  hits: z.looseObject({ hits: z.array(z.unknown()) }),
});

const namesAnswer = z.looseObject({
  timed_out: z.boolean(),
  _shards: z.looseObject({ total: z.number(), failed: z.number() }),
  aggregations: z
    .looseObject({
      indices: z.looseObject({ sum_other_doc_count: z.number(), buckets: z.array(z.unknown()).default([]) }),
    })
    .optional(),
});
const rightsAnswer = z.looseObject({ index: z.record(z.string(), z.unknown()) });
/** Nothing that differs between two answers about the same indices: the same listing is not kept twice. */
const namesOnly =
  'timed_out,_shards.total,_shards.failed,aggregations.indices.buckets.key,aggregations.indices.sum_other_doc_count';

export interface SearchPage {
  readonly page: Omit<StreamPage, 'cursor'>;
  /** The newest id of the point in time: the only one that may be used next. */
  readonly pit: string | undefined;
  /** Text of the last hit's sort array. */
  readonly after: string | undefined;
}

export interface ElasticsearchClient {
  readonly lagMs: number;
  openPit(keepAlive: string): Promise<string>;
  /** Undefined where the point in time is gone. An answer that timed out or lacks shards is VENDOR_UNAVAILABLE: it is 200, but not all there is. */
  search(body: string): Promise<SearchPage | undefined>;
  /** Names of all indices with such documents. Undefined where the answer does not say that it has them all. */
  indexNames(): Promise<Omit<StreamPage, 'cursor'> | undefined>;
  /** Whether the key may read each of the connection's patterns as a whole. Undefined where the cluster does not say. */
  mayRead(): Promise<Omit<StreamPage, 'cursor'> | undefined>;
  /** Frees what the point in time holds; a failure is no matter, as it ends by itself. */
  closePit(pit: string): Promise<void>;
}

/** Asks what the key may do: more than reading is SOURCE_OVERSCOPED. The product header of the official clients is not asked for. */
export async function connectElasticsearch(needs: ConnectorNeeds<ElasticsearchSettings>): Promise<ElasticsearchClient> {
  const { settings, web, now } = needs;
  const call = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: string,
    accept: readonly number[] = [],
  ): Promise<VendorAnswer> =>
    callVendor('elasticsearch', web, now, {
      method,
      url: settings.url + path,
      headers: {
        accept: 'application/json',
        authorization: `ApiKey ${settings.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      accept,
    });

  const asked = await call('GET', '/_security/user/_privileges', undefined, [400, 403, 404, 405]);
  const excess = asked.status === 200 ? excessPrivileges(asked) : [];
  if (excess.length > 0) throw new Fault('SOURCE_OVERSCOPED', { source: 'elasticsearch', scopes: excess.join(', ') });

  const patterns = settings.index.split(',');
  const target = patterns.map(encodeURIComponent).join(',');

  return {
    lagMs: settings.lagMs,
    async openPit(keepAlive) {
      const path = `/${target}/_pit?keep_alive=${keepAlive}`;
      return readJson('elasticsearch', pitAnswer, await call('POST', path)).id;
    },
    async search(body) {
      const answer = await call('POST', '/_search', body, [404]);
      if (answer.status === 404) return undefined;
      const read = readJson('elasticsearch', searchAnswer, answer);
      const incomplete = read.timed_out
        ? 'the search timed out'
        : `${read._shards.failed} of ${read._shards.total} shards failed`;
      if (read.timed_out || read._shards.failed > 0) {
        throw new Fault(
          'VENDOR_UNAVAILABLE',
          { source: 'elasticsearch', problem: incomplete },
          { cause: new KeptAnswer(answer) },
        );
      }
      const after = lastSort(new TextDecoder().decode(answer.body));
      return { page: pageOf(answer, read.hits.hits.length), pit: read.pit_id, after };
    },
    async indexNames() {
      const body = {
        size: 0,
        track_total_hits: false,
        query: authentication,
        aggs: { indices: { terms: { field: '_index', size: 10_000, order: { _key: 'asc' } } } },
      };
      const answer = await call(
        'POST',
        `/${target}/_search?ignore_unavailable=true&filter_path=${namesOnly}`,
        JSON.stringify(body),
      );
      const { timed_out, _shards, aggregations } = readJson('elasticsearch', namesAnswer, answer);
      if (timed_out || _shards.failed > 0) {
        const problem = timed_out ? 'the search timed out' : `${_shards.failed} of ${_shards.total} shards failed`;
        throw new Fault('VENDOR_UNAVAILABLE', { source: 'elasticsearch', problem }, { cause: new KeptAnswer(answer) });
      }
      // Where no index is left to be searched there is no aggregation either.
      const isWhole = aggregations === undefined ? _shards.total === 0 : aggregations.indices.sum_other_doc_count === 0;
      return isWhole ? pageOf(answer, aggregations?.indices.buckets.length ?? 0) : undefined;
    },
    async mayRead() {
      // What is left out is not asked for, and rights on another cluster are not this one's to tell.
      const names = patterns.filter((name) => !name.startsWith('-') && !name.includes(':'));
      const body = JSON.stringify({ index: [{ names, privileges: ['read'] }] });
      const answer = await call('POST', '/_security/user/_has_privileges', body, [400, 404, 405]);
      if (names.length === 0 || answer.status !== 200) return undefined;
      const { index } = readJson('elasticsearch', rightsAnswer, answer);
      return pageOf(answer, Object.keys(index).length);
    },
    async closePit(pit) {
      await call('DELETE', '/_pit', JSON.stringify({ id: pit }), [404]).catch(() => undefined);
    },
  };
}
