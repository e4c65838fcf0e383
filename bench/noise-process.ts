// A tenant that asks far too often, in a process of its own so that nobody's clock is slowed by it: on and off by message, and it says what it was told.
import { Agent, request } from 'node:http';
import { quantile } from './measure.ts';

export interface NoiseOrder {
  readonly url: string;
  readonly token: string;
  /** Asked in turn; each is a text of JSON. */
  readonly bodies: readonly string[];
  readonly everyMs: number;
}
export interface NoiseTold {
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  readonly other: number;
  readonly refusedP99Ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const statuses: number[] = [];
const refusedMs: number[] = [];
let sent = 0;
let open = 0;
let order: NoiseOrder | undefined;
let timer: NodeJS.Timeout | undefined;
let due = 0;

function ask({ url, token, bodies }: NoiseOrder): void {
  const body = bodies[sent % bodies.length] ?? '';
  sent += 1;
  open += 1;
  const started = performance.now();
  let isOpen = true;
  const ended = (status: number) => {
    if (!isOpen) return;
    isOpen = false;
    open -= 1;
    statuses.push(status);
    if (status === 429) refusedMs.push(performance.now() - started);
  };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const asked = request(`${url}/cubejs-api/v1/load`, { method: 'POST', agent, headers }, (answer) => {
    answer.resume();
    answer.once('end', () => ended(answer.statusCode ?? 0));
  });
  // A line that is closed in the middle of an answer is no error to Node.
  asked.once('error', () => ended(0)).once('close', () => ended(0));
  asked.end(body);
}

/** As many as are due by the clock, however late the timer comes: the rate does not fall where the server is slow. */
function tick(): void {
  if (!order) return;
  for (; due <= performance.now(); due += order.everyMs) ask(order);
}

function told(): NoiseTold {
  const count = (holds: (status: number) => boolean) => statuses.filter(holds).length;
  return {
    sent,
    answered: count((status) => status === 200),
    refused: refusedMs.length,
    other: count((status) => status !== 200 && status !== 429),
    refusedP99Ms: refusedMs.length === 0 ? Number.POSITIVE_INFINITY : quantile(refusedMs, 0.99),
  };
}

const orders: Readonly<Record<string, (message: { readonly order?: NoiseOrder }) => void>> = {
  begin(message) {
    order = message.order;
    due = performance.now();
    timer = setInterval(tick, 2);
  },
  async stop() {
    clearInterval(timer);
    while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    process.send?.(told());
  },
  end() {
    agent.destroy();
    process.disconnect();
  },
};
process.on('message', (message: { readonly what: string; readonly order?: NoiseOrder }) =>
  orders[message.what]?.(message),
);
// Whoever ordered it may end without a word.
process.on('disconnect', () => process.exit());
