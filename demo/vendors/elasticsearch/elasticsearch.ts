// Elasticsearch as a vendor: search with points in time, counts, mappings, and who the caller is.
import { type Answer, json, jsonObject } from '../exchange.ts';
import type { Route } from '../routes.ts';
import type { Vendor, VendorNeeds } from '../vendor.ts';
import { elasticError, productHeaders } from './answers.ts';
import { createColumns } from './columns.ts';
import { describeFields } from './mapping.ts';
import { createPointsInTime, keepAlive } from './points-in-time.ts';
import { compileQuery, QueryError } from './query.ts';
import { indexTest, searchRoute } from './search.ts';

const meter = 'none';
const shards = { total: 2, successful: 2, skipped: 0, failed: 0 };
/** What the connector needs; an over-scoped key has them all. */
const granted = ['read', 'view_index_metadata'];

/** The stand-in's side of an Elasticsearch 9 cluster. */
export function createElasticsearch({ world, now, sees, credentials, overScoped }: VendorNeeds): Vendor {
  const log = world.elasticsearch.documents;
  const columns = createColumns(log);
  const points = createPointsInTime(now);
  const visible = () => {
    let low = 0;
    let high = log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (log.persistedAt(middle) > now().getTime()) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const gone = world.elasticsearch.deletedIndices ?? {};
  const maySee = (name: string) => sees({ source: 'elasticsearch', kind: 'index', id: name, record: undefined });
  /** Deleted ones and those of others are as if they were not there. */
  const isThere = (name: string) => (gone[name] ?? '~') > now().toISOString() && maySee(name);
  const allNames = () => {
    const names = new Set<string>();
    for (let i = 0; i < log.length; i++) names.add(`${columns.values('_index', i)[0]}`);
    return [...names].sort();
  };
  const indices = () => allNames().filter(isThere);
  /** Rights are on patterns, whether anything matches them or not. */
  const mayRead = (pattern: string) => allNames().filter(indexTest(pattern)).every(maySee);
  const matching = (pattern: string) => indices().filter(indexTest(pattern));
  /** A name without a wildcard must exist. */
  const missing = (pattern: string): Answer | undefined => {
    const absent = pattern.split(',').find((one) => !/[*]|^_all$/.test(one) && matching(one).length === 0);
    return absent === undefined
      ? undefined
      : elasticError(404, 'index_not_found_exception', `no such index [${absent}]`);
  };
  const search = searchRoute({ log, columns, points, now, visible, isThere });
  const searchable: Route['answer'] = (request, params) =>
    (params.index === undefined ? undefined : missing(params.index)) ?? search(request, params);

  const count: Route['answer'] = (request, { index = '*' }) => {
    try {
      const test = compileQuery(jsonObject(request.body)?.query, columns, now());
      const inIndex = indexTest(index);
      let found = 0;
      for (let i = 0; i < visible(); i++) {
        const name = `${columns.values('_index', i)[0]}`;
        if (test(i) && inIndex(name) && isThere(name)) found++;
      }
      return json({ count: found, _shards: shards });
    } catch (error) {
      if (error instanceof QueryError) return elasticError(400, 'parsing_exception', error.message);
      throw error;
    }
  };
  const fieldCaps: Route['answer'] = (request, { index = '*' }) => {
    const wanted = indexTest(request.query.get('fields') ?? `${jsonObject(request.body)?.fields ?? '*'}`);
    const fields = Object.entries(describeFields(log)).filter(([name]) => wanted(name));
    const caps = fields.map(([name, type]) => [
      name,
      { [type]: { type, metadata_field: false, searchable: true, aggregatable: true } },
    ]);
    return missing(index) ?? json({ indices: matching(index), fields: Object.fromEntries(caps) });
  };
  const me = {
    username: 'tessera-reader',
    roles: [],
    full_name: null,
    email: null,
    metadata: {},
    enabled: true,
    authentication_realm: { name: '_es_api_key', type: '_es_api_key' },
    lookup_realm: { name: '_es_api_key', type: '_es_api_key' },
    authentication_type: 'api_key',
    api_key: { id: credentials.elasticsearch.id, name: 'tessera-reader', managed_by: 'elasticsearch' },
  };

  return {
    meters: {},
    faults: ['busy', 'error503', 'truncated', 'partial', 'timed-out', 'slow'],
    routes: [
      { method: 'HEAD', path: '/', meter, answer: () => json('') },
      { method: 'GET', path: '/', meter, answer: () => json(clusterInfo) },
      { method: 'GET', path: '/_security/_authenticate', meter, answer: () => json(me) },
      {
        method: 'GET',
        path: '/_security/user/_privileges',
        meter,
        answer: () =>
          json({
            cluster: overScoped ? ['all'] : [],
            global: [],
            indices: [{ names: ['*'], privileges: overScoped ? ['all'] : granted, allow_restricted_indices: false }],
            applications: [],
            run_as: [],
          }),
      },
      {
        method: 'POST',
        path: '/_security/user/_has_privileges',
        meter,
        answer: (request) => json(privileges(jsonObject(request.body) ?? {}, overScoped, mayRead)),
      },
      {
        method: 'POST',
        path: '/:index/_pit',
        meter,
        answer: (request, { index = '' }) => {
          const alive = keepAlive(request.query.get('keep_alive'));
          if (alive === undefined)
            return elasticError(400, 'illegal_argument_exception', 'Required parameter [keep_alive] is missing');
          return missing(index) ?? json({ id: points.open(visible(), index, alive), _shards: shards });
        },
      },
      {
        method: 'DELETE',
        path: '/_pit',
        meter,
        answer: (request) => {
          const given = jsonObject(request.body)?.id;
          const freed = points.close((Array.isArray(given) ? given : [given]).map(String));
          return json({ succeeded: freed > 0, num_freed: freed }, freed > 0 ? 200 : 404);
        },
      },
      ...(['GET', 'POST'] as const).flatMap((method): Route[] => [
        { method, path: '/_search', meter, answer: searchable },
        { method, path: '/:index/_search', meter, answer: searchable },
        { method, path: '/:index/_count', meter, answer: count },
        { method, path: '/_field_caps', meter, answer: fieldCaps },
        { method, path: '/:index/_field_caps', meter, answer: fieldCaps },
      ]),
      {
        method: 'GET',
        path: '/:index/_mapping',
        meter,
        answer: (_, { index = '*' }) => {
          const properties = Object.fromEntries(
            Object.entries(describeFields(log)).map(([name, type]) => [name, { type }]),
          );
          return (
            missing(index) ??
            json(Object.fromEntries(matching(index).map((name) => [name, { mappings: { properties } }])))
          );
        },
      },
      {
        method: 'GET',
        path: '/_resolve/index/:name',
        meter,
        answer: (_, { name = '*' }) =>
          missing(name) ??
          json({
            indices: matching(name).map((one) => ({ name: one, attributes: ['open'] })),
            aliases: [],
            data_streams: [],
          }),
      },
    ],
    refuse: (request) => {
      const given = request.header('authorization') ?? '';
      if (given === `ApiKey ${credentials.elasticsearch.encoded}`) return undefined;
      return elasticError(401, 'security_exception', 'unable to authenticate with provided credentials', {
        'www-authenticate': 'ApiKey',
      });
    },
    unknownPath: (request) =>
      elasticError(
        400,
        'illegal_argument_exception',
        `no handler found for uri [${request.path}] and method [${request.method}]`,
      ),
    // No Retry-After is documented.
    busy: (_, now) => ({
      answer: elasticError(429, 'es_rejected_execution_exception', 'rejected execution of search: queue capacity 1000'),
      until: now,
    }),
    broken: (status) => elasticError(status, 'no_shard_available_action_exception', 'all shards failed'),
    dress: (_, request) => productHeaders(request),
  };
}

const clusterInfo = {
  name: 'tessera-demo-1',
  cluster_name: 'tessera-demo',
  cluster_uuid: 'tessera-demo',
  version: {
    number: '9.1.0',
    build_flavor: 'default',
    build_type: 'docker',
    build_hash: 'tessera',
    build_date: '2026-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: '10.2.2',
    minimum_wire_compatibility_version: '8.19.0',
    minimum_index_compatibility_version: '8.0.0',
  },
  tagline: 'You Know, for Search',
};

interface IndexPrivileges {
  readonly names?: readonly string[];
  readonly privileges?: readonly string[];
}

function privileges(body: Readonly<Record<string, unknown>>, all: boolean, mayRead: (pattern: string) => boolean) {
  const cluster = Array.isArray(body.cluster) ? body.cluster.map(String) : [];
  const index = (Array.isArray(body.index) ? body.index : []) as readonly IndexPrivileges[];
  const answer = (names: readonly string[], has: (name: string) => boolean) =>
    Object.fromEntries(names.map((name) => [name, all || has(name)]));
  const byIndex = index.flatMap(({ names = [], privileges: wanted = [] }) =>
    [names]
      .flat()
      .map((name) => [name, answer([wanted].flat(), (one) => granted.includes(one) && mayRead(name))] as const),
  );
  const clusterAnswer = answer(cluster, () => false);
  const every = [clusterAnswer, ...byIndex.map(([, one]) => one)].every((one) => Object.values(one).every(Boolean));
  return {
    username: 'tessera-reader',
    has_all_requested: every,
    cluster: clusterAnswer,
    index: Object.fromEntries(byIndex),
    application: {},
  };
}
