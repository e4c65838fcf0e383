// Attack 201: one server takes over from another on the same home while people ask: nobody gets an error, and what has begun is answered.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readSettings, type Tenant } from '@tessera/base';
import { mintDemoToken } from '@tessera/demo';
import { type Demo, startDemo } from '../../cli/demo-process.ts';

const tenant = 'initech' as Tenant;
const main = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
let home: string;
let demo: Demo;
let token: string;
const children: ChildProcess[] = [];

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-rolling-'));
  const env = { TESSERA_HOME: path.join(home, 'demo'), TESSERA_DEMO_PORT: '0', TESSERA_DEMO_TENANTS: tenant };
  demo = await startDemo({ ...process.env, ...env });
  await mkdir(path.join(home, 'tenants'));
  for (const one of demo.tenants) {
    // One source is enough to ask for, and is quickly read.
    const connections = one.connections.filter(({ source }) => source === 'jira');
    await writeFile(path.join(home, 'tenants', `${one.tenant}.json`), JSON.stringify({ ...one, connections }));
  }
  const settings = { ...readSettings(env), demoPort: Number(new URL(demo.url).port) };
  token = await mintDemoToken(settings, { tenant, user: 'a@initech.example', groups: ['analyst'], ttlSeconds: 3000 });
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await demo?.close();
  await rm(home, { recursive: true, force: true });
});

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  readonly said: () => string;
}
async function start(): Promise<Server> {
  const child = spawn(process.execPath, [main, 'up', '--json'], {
    env: {
      ...process.env,
      TESSERA_HOME: home,
      TESSERA_PORT: '0',
      TESSERA_SQL: 'off',
      TESSERA_ISSUER: demo.issuer,
      // The demo's issuer speaks http.
      TESSERA_PRODUCTION: 'false',
      TESSERA_VENDOR_NETWORKS: '127.0.0.0/8',
      // The demo's tokens for commands are of this client.
      TESSERA_CLIENT_ID: 'tessera-cli',
      TESSERA_LEAVE_SECONDS: '10',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const urlOf = () => /"server\.listening","url":"([^"]+)"/.exec(said)?.[1];
  const isReady = async (url: string | undefined) =>
    url !== undefined && (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
  while (!(await isReady(urlOf()))) {
    assert.equal(child.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url: urlOf() ?? '', child, said: () => said };
}

/** Somebody who chooses among servers as a balancer does: those that say that they are ready, over connections that are kept. */
function balancer(servers: readonly string[]) {
  const ready = new Set<string>();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const look = async () => {
    for (const url of servers) {
      const status = await fetch(`${url}/readyz`).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) ready.add(url);
      else ready.delete(url);
    }
  };
  const timer = setInterval(look, 200);
  let turn = 0;
  const send = async (url: string, body: string): Promise<{ readonly status: number; readonly text: string }> => {
    const asked = request(`${url}/cubejs-api/v1/load`, {
      ...{ method: 'POST', agent },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, text: (await answer.toArray()).join('') };
  };
  return {
    look,
    ready,
    /** One that refuses the connection was not asked: the next one is. */
    async ask(body: string) {
      for (let tries = 0; ; tries++) {
        const list = [...ready];
        const url = list[turn++ % Math.max(1, list.length)];
        if (url === undefined) throw new Error('nobody is ready');
        try {
          return { url, ...(await send(url, body)) };
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED' || tries > 2) throw error;
          ready.delete(url);
        }
      }
    },
    close() {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

test('attack 201: a server is replaced by another on the same home while eight people ask: no request fails, none is cut off', async (t) => {
  const first = await start();
  const second = await start();
  assert.notEqual(first.url, second.url);
  const choice = balancer([first.url, second.url]);
  t.after(() => choice.close());
  await choice.look();
  assert.equal(choice.ready.size, 2);

  const answered = new Map<string, number>();
  const failures: string[] = [];
  let isOver = false;
  let n = 0;
  const person = async () => {
    while (!isOver && failures.length === 0) {
      // Each one is another question, so that the engine has something to do when the signal comes.
      const from = new Date(Date.UTC(2026, 5, 1) - (n++ % 1000) * 86_400_000).toISOString().slice(0, 10);
      const days = { dimension: 'issues.created_on', granularity: 'day', dateRange: [from, '2026-06-30'] };
      const query = { measures: ['issues.issue_count'], timeDimensions: [days] };
      const at = await choice.ask(JSON.stringify({ query })).catch((error: Error) => `${error}`);
      if (typeof at === 'string') failures.push(at);
      else if (at.status !== 200) failures.push(`${at.status} ${at.text.slice(0, 200)}`);
      else answered.set(at.url, (answered.get(at.url) ?? 0) + 1);
    }
  };
  const people = Array.from({ length: 8 }, person);
  const until = async (isSo: () => boolean) => {
    while (!isSo() && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(() => (answered.get(first.url) ?? 0) > 20 && (answered.get(second.url) ?? 0) > 20);

  const gone = once(first.child, 'exit');
  first.child.kill('SIGTERM');
  const [code] = (await gone) as [number | null];
  const before = answered.get(second.url) ?? 0;
  await until(() => (answered.get(second.url) ?? 0) > before + 20);
  isOver = true;
  await Promise.all(people);
  assert.deepEqual(failures, []);
  assert.equal(code, 0, first.said().slice(-2000));
  assert.deepEqual([...choice.ready], [second.url]);
});

test('attack 201: the seat that was left is taken by the next server, and a third at a time is refused in a sentence', async () => {
  await start();
  const third = spawn(process.execPath, [main, 'up'], {
    env: {
      ...process.env,
      TESSERA_HOME: home,
      TESSERA_PORT: '0',
      TESSERA_SQL: 'off',
      TESSERA_ISSUER: demo.issuer,
      TESSERA_PRODUCTION: 'false',
    },
  });
  children.push(third);
  let said = '';
  for (const stream of [third.stdout, third.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(third, 'close');
  assert.equal(code, 1);
  assert.match(said, /^2 servers run on .* already/);
});
