// The only file that knows Elasticsearch's HTTP: API key, points in time, and answers that are incomplete although they are 200.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { ConnectorNeeds, StreamPage } from '../contract.ts';
import { KeptAnswer } from '../kept-answer.ts';
import { callVendor, pageOf, readJson, type VendorAnswer } from '../vendor-call.ts';
import { excessPrivileges } from './privileges.ts';
import { lastSort } from './search-body.ts';
import type { ElasticsearchSettings } from './settings.ts';

const pitAnswer = z.looseObject({ id: z.string().min(1) });
const searchAnswer = z.looseObject({
  pit_id: z.string().min(1).optional(),
  timed_out: z.boolean(),
  _shards: z.looseObject({ total: z.number(), failed: z.number() }),
  hits: z.looseObject({ hits: z.array(z.unknown()) }),
});

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

  return {
    lagMs: settings.lagMs,
    async openPit(keepAlive) {
      const path = `/${settings.index.split(',').map(encodeURIComponent).join(',')}/_pit?keep_alive=${keepAlive}`;
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
    async closePit(pit) {
      await call('DELETE', '/_pit', JSON.stringify({ id: pit }), [404]).catch(() => undefined);
    },
  };
}
