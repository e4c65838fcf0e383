// A quiet tenant beside one that asks ten times its quota: what the quiet one notices, and how soon the other is refused.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { must, parseTenant, type Settings } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import { benchFolder } from '../bench-lake.ts';
import { dashboardQueries, scopeOf } from '../dashboard.ts';
import type { Benchmark } from '../figure.ts';
import { median, quantile } from '../measure.ts';
import type { NoiseOrder, NoiseTold } from '../noise-process.ts';
import { startServer } from '../server-process.ts';

const quiet = 'initech';
const noisy = 'acme-corp';
/** The noisy tenant's quota, and ten times of it. */
const perMinute = 600;
const noisyEveryMs = 60_000 / (perMinute * 10);
/** Alone and beside the noise in turn, so that whatever else the machine does meets both. */
const rounds = 5;
const questionsARound = 100;
/** Well below its own quota, which is that of everybody else. */
const quietEveryMs = 125;

interface Answer {
  readonly status: number;
  /** From when it was due, not from when it could be sent. */
  readonly ms: number;
  readonly body: string;
}

export const noisyNeighbour: Benchmark = {
  name: 'noisy',
  about: `${quiet} asks every ${quietEveryMs} ms while ${noisy} asks ten times its quota of ${perMinute} requests a minute`,
  async run(say) {
    const { folder, remove } = benchFolder();
    const server = await startServer(folder, undefined, {
      TESSERA_DEMO_TENANTS: `${noisy},${quiet}`,
      TESSERA_TENANT_REQUESTS_PER_MINUTE: String(perMinute),
    });
    say(`  loaded in ${(server.readyMs / 1000).toFixed(1)} s`);
    const noise = await startNoise(server);
    const calm = await asker(server);
    try {
      const { asOf } = JSON.parse((await calm.get('/api/v1/tenant')).body) as { asOf: string };
      const own = dashboardQueries(scopeOf(asOf, 30));
      // Ranges that nobody has asked for, so that the engine works for each.
      const unknown = Array.from({ length: 120 }, (_, at) => dashboardQueries(scopeOf(asOf, 30, 1 + at)));
      const bodies = unknown.flatMap((list, at) => list.slice((at * 7) % list.length).slice(0, 8));
      const order = { bodies: bodies.map(bodyOf), everyMs: noisyEveryMs };

      /** At a steady rate, whether or not the answers before have come. */
      const ask = async () => {
        const begun = performance.now();
        const answers: Promise<Answer>[] = [];
        for (let i = 0; i < questionsARound; i += 1) {
          const due = begun + i * quietEveryMs;
          await pause(Math.max(0, due - performance.now()));
          answers.push(calm.load(own[i % own.length], due));
        }
        return Promise.all(answers);
      };
      await ask();
      // A server that begins has no thread yet that writes SQL: it is started by the first new questions, and told apart.
      noise.begin(order);
      const first = await ask();
      await noise.stop();
      say(`  at first: p99 ${p99(first).toFixed(0)} ms beside the noise`);
      const [alone, beside, told]: [Answer[], Answer[], NoiseTold[]] = [[], [], []];
      for (let round = 0; round < rounds; round += 1) {
        alone.push(...(await ask()));
        noise.begin(order);
        // What its bucket holds is spent first, and worked off: a hundred questions within a second.
        await pause(3000);
        beside.push(...(await ask()));
        told.push(await noise.stop());
        say(
          `  round ${round + 1}: p99 ${p99(alone).toFixed(0)} ms alone, ${p99(beside).toFixed(0)} ms beside the noise`,
        );
      }
      const [before, after] = [p99(alone), p99(beside)];
      const last = told.at(-1) ?? {
        sent: 0,
        answered: 0,
        refused: 0,
        other: 0,
        refusedP99Ms: Number.POSITIVE_INFINITY,
      };
      return [
        {
          name: `${quiet}'s p99 beside the noise`,
          value: after,
          unit: 'ms',
          ratio: { value: after / before, to: `of its p99 alone (${before.toFixed(1)} ms)` },
          goal: { is: 'at most', value: Math.min(before * 1.5, before + 100) },
          note: `p50 ${middle(alone).toFixed(1)} → ${middle(beside).toFixed(1)} ms, ${beside.length} questions each, in turn`,
        },
        {
          name: `${quiet}'s p99 beside the noise at first`,
          value: p99(first),
          unit: 'ms',
          note: `from a start on, ${first.length} questions, ${errorsIn(first)} errors`,
        },
        {
          name: `${quiet}'s errors`,
          value: errorsIn(beside),
          unit: `of ${beside.length}`,
          goal: { is: 'at most', value: 0 },
          note: `${errorsIn(alone)} of ${alone.length} alone`,
        },
        {
          name: `${noisy} is refused with 429, p99`,
          value: last.refusedP99Ms,
          unit: 'ms',
          goal: { is: 'at most', value: 100 },
          note: `${last.refused} of ${last.sent}; answered ${last.answered}, others ${last.other}`,
        },
      ];
    } finally {
      calm.close();
      noise.end();
      await server.close();
      remove();
    }
  },
};

/** As the page asks: a comparison of two ranges is several queries to Cube. */
const bodyOf = (query: unknown): string => JSON.stringify({ query, queryType: 'multi' });
const errorsIn = (answers: readonly Answer[]) =>
  answers.filter(({ status, body }) => status !== 200 || body.includes('Continue wait')).length;
const p99 = (answers: readonly Answer[]) => quantile(times(answers), 0.99);
const middle = (answers: readonly Answer[]) => median(times(answers));
const times = (answers: readonly Answer[]) => answers.map(({ ms }) => ms);

type Server = { readonly url: string; readonly settings: Settings };
const tokenOf = (settings: Settings, name: string): Promise<string> =>
  mintDemoToken(settings, {
    tenant: must(parseTenant(name)),
    user: `bench@${name}.example`,
    groups: ['analyst'],
    ttlSeconds: 900,
  });

async function startNoise({ url, settings }: Server) {
  const token = await tokenOf(settings, noisy);
  const child = fork(path.join(import.meta.dirname, '..', 'noise-process.ts'));
  return {
    begin: (order: Pick<NoiseOrder, 'bodies' | 'everyMs'>) =>
      void child.send({ what: 'begin', order: { ...order, url, token } }),
    /** Ends when every answer has come. */
    async stop(): Promise<NoiseTold> {
      child.send({ what: 'stop' });
      const [told] = (await once(child, 'message')) as [NoiseTold];
      return told;
    },
    end: () => void child.send({ what: 'end' }),
  };
}

async function asker({ url, settings }: Server) {
  const token = await tokenOf(settings, quiet);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const send = (method: string, place: string, due: number, body?: string): Promise<Answer> =>
    new Promise((resolve) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const sent = request(`${url}${place}`, { method, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - due, body: text }));
      });
      // No answer is an error of status 0.
      const lost = () => resolve({ status: 0, ms: performance.now() - due, body: '' });
      sent.once('error', lost).once('close', lost);
      sent.end(body);
    });
  return {
    get: (place: string) => send('GET', place, performance.now()),
    load: (query: unknown, due: number) => send('POST', '/cubejs-api/v1/load', due, bodyOf(query)),
    close: () => agent.destroy(),
  };
}
