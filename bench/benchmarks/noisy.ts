// A quiet tenant beside one that asks ten times its quota: what the quiet one notices, and how soon the other is refused.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { must, parseTenant, type Settings } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import { benchFolder } from '../bench-lake.ts';
import { dashboardQueries, scopeOf } from '../dashboard.ts';
import type { Benchmark } from '../figure.ts';
import { median, quantile } from '../measure.ts';
import { startServer } from '../server-process.ts';

const quiet = 'initech';
const noisy = 'acme-corp';
/** The noisy tenant's quota, and ten times of it. */
const perMinute = 1200;
const noisyEveryMs = 60_000 / (perMinute * 10);
const quietQuestions = 200;
/** Well below its own quota of the same size. */
const quietEveryMs = 80;

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly body: string;
}

export const noisyNeighbour: Benchmark = {
  name: 'noisy',
  about: `${quiet} asks at its ease while ${noisy} asks ten times its quota of ${perMinute} requests a minute`,
  async run(say) {
    const { folder, remove } = benchFolder();
    const server = await startServer(folder, undefined, {
      TESSERA_DEMO_TENANTS: `${noisy},${quiet}`,
      TESSERA_TENANT_REQUESTS_PER_MINUTE: String(perMinute),
    });
    say(`  loaded in ${(server.readyMs / 1000).toFixed(1)} s`);
    try {
      const [calm, loud] = [await asker(server, quiet), await asker(server, noisy)];
      const { asOf } = JSON.parse((await calm.get('/api/v1/tenant')).body) as { asOf: string };
      const questions = (ago: number) => dashboardQueries(scopeOf(asOf, 30, ago));

      const ask = async () => {
        const answers: Answer[] = [];
        for (let i = 0; i < quietQuestions; i += 1) {
          answers.push(await calm.load(questions(0)[i % questions(0).length]).catch(broken));
          await pause(quietEveryMs);
        }
        return answers;
      };
      await ask();
      const alone = await ask();

      let isOver = false;
      const loudAnswers: Promise<Answer>[] = [];
      const noise = async () => {
        const started = performance.now();
        for (let sent = 0; !isOver; sent += 1) {
          const due = started + sent * noisyEveryMs - performance.now();
          if (due > 1) await pause(due);
          // Ranges that nobody has asked for, so that the engine works for each.
          const list = questions(1 + (sent % 120));
          loudAnswers.push(loud.load(list[(sent * 7) % list.length]).catch(broken));
        }
      };
      const making = noise();
      await pause(1000);
      const together = await ask();
      isOver = true;
      await making;
      const all = await Promise.all(loudAnswers);
      calm.close();
      loud.close();

      const p99 = (answers: readonly Answer[]) =>
        quantile(
          answers.map(({ ms }) => ms),
          0.99,
        );
      const [before, after] = [p99(alone), p99(together)];
      const refused = all.filter(({ status }) => status === 429).map(({ ms }) => ms);
      const middle = (answers: readonly Answer[]) => median(answers.map(({ ms }) => ms));
      return [
        {
          name: `${quiet}'s p99 beside the noise`,
          value: after,
          unit: 'ms',
          ratio: { value: after / before, to: `of its p99 alone (${before.toFixed(1)} ms)` },
          goal: { is: 'at most', value: Math.min(before * 1.5, before + 100) },
          note: `p50 ${middle(alone).toFixed(1)} → ${middle(together).toFixed(1)} ms, ${together.length} questions each`,
        },
        {
          name: `${quiet}'s errors`,
          value: together.filter(({ status, body }) => status !== 200 || body.includes('Continue wait')).length,
          unit: `of ${together.length}`,
          goal: { is: 'at most', value: 0 },
        },
        {
          name: `${noisy} is refused with 429, p99`,
          value: refused.length === 0 ? Number.POSITIVE_INFINITY : quantile(refused, 0.99),
          unit: 'ms',
          goal: { is: 'at most', value: 100 },
          note: `${refused.length} of ${all.length}; answered ${all.filter(({ status }) => status === 200).length}, others ${all.filter(({ status }) => status !== 200 && status !== 429).length}`,
        },
      ];
    } finally {
      await server.close();
      remove();
    }
  },
};

/** A request that got no answer. */
const broken = (): Answer => ({ status: 0, ms: 0, body: '' });

async function asker({ url, settings }: { readonly url: string; readonly settings: Settings }, name: string) {
  const tenant = must(parseTenant(name));
  const user = `bench@${name}.example`;
  const token = await mintDemoToken(settings, { tenant, user, groups: ['analyst'], ttlSeconds: 3600 });
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const send = (method: string, path: string, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const started = performance.now();
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const sent = request(`${url}${path}`, { method, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, ms: performance.now() - started, body: text }),
        );
      });
      sent.once('error', reject);
      sent.end(body);
    });
  return {
    get: (path: string) => send('GET', path),
    load: (query: unknown) => send('POST', '/cubejs-api/v1/load', JSON.stringify({ query })),
    close: () => agent.destroy(),
  };
}
