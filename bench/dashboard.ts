// The dashboard as a browser asks for it: the page's own queries, over HTTP, with as many connections as a browser opens.
import { Agent, request } from 'node:http';
import type { Query } from '@cubejs-client/core';
import type { Metric } from '../frontend/src/metrics/metric.ts';
import { metrics } from '../frontend/src/metrics/metrics.ts';
import {
  baselineQuery,
  breakdownQuery,
  breakdownsIn,
  cohortQuery,
  type Scope,
  totalsQuery,
  trendQuery,
} from '../frontend/src/metrics/queries.ts';
import { addDays } from '../frontend/src/range/day.ts';
import { defaultGranularity, lastDay } from '../frontend/src/range/range.ts';

/** What a browser opens to one host without HTTP/2. */
const browserConnections = 6;
/** The client's own limit between a GET and a POST. */
const longestUrl = 2000;

/** `days` days that end `ago` days before the data does. */
export function scopeOf(asOf: string, days: number, ago = 0): Scope {
  const to = addDays(lastDay(asOf), -ago);
  return { range: { from: addDays(to, 1 - days), to }, isLatest: ago === 0, narrowings: [] };
}

/** Everything that the tiles ask, in the order in which they ask it. */
export function dashboardQueries(scope: Scope): readonly Query[] {
  return metrics.flatMap((metric: Metric) => {
    const [breakdown] = breakdownsIn(metric, scope);
    return [
      totalsQuery(metric, scope),
      ...(metric.kind === 'state' ? [baselineQuery(metric, scope)] : []),
      cohortQuery(metric, scope) ?? [],
      trendQuery(metric, scope, defaultGranularity(scope.range)),
      ...(breakdown === undefined ? [] : [breakdownQuery(metric, breakdown, scope)]),
    ].flat();
  });
}

export interface Viewer {
  /** Milliseconds until the whole answer was there. Throws where the server refuses. */
  ask(query: Query): Promise<number>;
  /** All tiles at once; milliseconds until the last answer. */
  openDashboard(scope: Scope): Promise<number>;
  get(path: string): Promise<string>;
  close(): void;
}

export function createViewer(url: string, token: string): Viewer {
  const agent = new Agent({ keepAlive: true, maxSockets: browserConnections });
  const send = (method: 'GET' | 'POST', path: string, body?: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const sent = request(`${url}${path}`, { method, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const ask = async (query: Query): Promise<number> => {
    const started = performance.now();
    const text = JSON.stringify(query);
    const path = `/cubejs-api/v1/load?${new URLSearchParams({ query: text, queryType: 'multi' })}`;
    for (;;) {
      const answer = await (path.length < longestUrl
        ? send('GET', path)
        : send('POST', '/cubejs-api/v1/load', JSON.stringify({ query, queryType: 'multi' })));
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text.slice(0, 300)} for ${text}`);
      // Cube says so while the answer is being made; the client asks again.
      if (!answer.text.startsWith('{"error":"Continue wait"')) return performance.now() - started;
    }
  };
  return {
    ask,
    async openDashboard(scope) {
      const started = performance.now();
      await Promise.all(dashboardQueries(scope).map(ask));
      return performance.now() - started;
    },
    async get(path) {
      const { status, text } = await send('GET', path);
      if (status !== 200) throw new Error(`${status} ${text.slice(0, 300)} for ${path}`);
      return text;
    },
    close: () => agent.destroy(),
  };
}
