// Attack 201: a stop while requests run, over connections that are kept and over new ones.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createDrain } from './drain.ts';

async function world(t: TestContext) {
  const waiting: ServerResponse[] = [];
  const server: Server = createServer((asked, response) => {
    if (asked.url === '/slow') waiting.push(response);
    else response.end('quick');
  });
  const drain = createDrain(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true });
  t.after(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string) => {
    const asked = request({ host: '127.0.0.1', port, path, agent }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const text = (await answer.toArray()).join('');
    return { text, connection: answer.headers.connection };
  };
  const begun = async () => {
    const slow = ask('/slow');
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return { slow, end: () => waiting.shift()?.end('slow') };
  };
  return { drain, ask, begun };
}

test('attack 201: what has begun is answered to its end, and only then it is over', async (t) => {
  const { drain, ask, begun } = await world(t);
  const { slow, end } = await begun();
  let isOver = false;
  const over = drain.finish(60_000).then(() => {
    isOver = true;
  });
  await assert.rejects(ask('/quick'), { code: 'ECONNREFUSED' });
  assert.equal(isOver, false);
  end();
  assert.deepEqual(await slow, { text: 'slow', connection: 'close' });
  await over;
});

test('attack 201: while it leaves it serves, and each answer ends its connection', async (t) => {
  const { drain, ask } = await world(t);
  assert.deepEqual(await ask('/quick'), { text: 'quick', connection: 'keep-alive' });
  drain.leave();
  assert.equal(drain.isLeaving(), true);
  for (let i = 0; i < 3; i++) assert.deepEqual(await ask('/quick'), { text: 'quick', connection: 'close' });
});

test('attack 201: one that never ends does not keep it for ever', async (t) => {
  const { drain, begun } = await world(t);
  const { slow } = await begun();
  await drain.finish(50);
  slow.catch(() => {});
});
