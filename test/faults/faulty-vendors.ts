// Two vendors that live in the process that asks them: what they have is a function of the time, and how they answer is as bad as vendors can be.
import type { Web } from '@tessera/ingest';

export const epoch = Date.parse('2026-01-05T00:00:00Z');
export const turnMs = 900_000;
const storedEveryMs = 30_000;
const eventsAPage = 20;
const repeated = 3;
const devicesAPage = 10;
const fleet = 30;

const storedAt = (i: number) => epoch + (i + 1) * storedEveryMs;
/** Events that the log holds at an instant. */
export const storedEvents = (now: Date): number => Math.max(0, Math.floor((now.getTime() - epoch) / storedEveryMs));
export const eventId = (i: number): string => `event-${String(i).padStart(6, '0')}`;

/** Every seventh is up to a day late; many share an instant. */
const publishedAt = (i: number) => new Date(storedAt(i - (i % 4)) - (i % 7 === 0 ? (i * 977_000) % 86_400_000 : 0));

const event = (i: number) => ({
  uuid: eventId(i),
  published: publishedAt(i).toISOString(),
  eventType: 'user.session.start',
  outcome: { result: i % 3 === 0 ? 'FAILURE' : 'SUCCESS', reason: null },
  actor: { id: `u${i % 11}`, type: 'User', alternateId: `u${i % 11}@acme.example`, displayName: `User ${i % 11}` },
  client: { ipAddress: '198.18.0.7', zone: 'null' },
  target: null,
});

export interface Device {
  readonly id: string;
  readonly complianceState: string;
}
/** Devices come and go, and change, at instants of their own. */
export function devicesAt(now: Date): readonly Device[] {
  const hours = (now.getTime() - epoch) / 3_600_000;
  return Array.from({ length: fleet }, (_, d) => d)
    .filter((d) => Math.floor(hours / 5 + d) % 6 !== 0)
    .map((d) => ({
      id: `device-${String(d).padStart(2, '0')}`,
      complianceState: ['compliant', 'noncompliant', 'inGracePeriod'][Math.floor(hours / 2 + d / 5) % 3] ?? 'unknown',
    }));
}
const deviceRecord = (device: Device) => ({
  ...device,
  deviceName: device.id,
  serialNumber: `SN-${device.id}`,
  operatingSystem: 'Windows',
  lastSyncDateTime: new Date(epoch).toISOString(),
  enrolledDateTime: new Date(epoch).toISOString(),
  isEncrypted: true,
});

export interface VendorMood {
  /** Share of the calls that fail. */
  readonly rate: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** True while the log's vendor is out of order. */
  readonly isOkta503?: () => boolean;
  readonly counts?: Record<string, number>;
}

export const origins = { okta: 'https://acme.okta.example', graph: 'https://graph.example' } as const;

/** Answers for both vendors: pages overlap and are out of order, calls fail, bodies break off, a token is good for three calls. */
export function faultyVendors(now: () => Date, mood: VendorMood): Web {
  const count = (what: string) => {
    if (mood.counts) mood.counts[what] = (mood.counts[what] ?? 0) + 1;
  };
  let token = 0;
  let callsLeft = 0;

  const logPage = (url: URL) => {
    const from = Number(url.searchParams.get('after') ?? 0);
    const until = Math.min(from + eventsAPage, storedEvents(now()));
    url.searchParams.set('after', String(until));
    const link = { link: `<${url}>; rel="next"` };
    if (until <= from) return { body: [], headers: link };
    const first = Math.max(0, from - repeated);
    const page = Array.from({ length: until - first }, (_, i) => event(first + i));
    count('events sent twice');
    // Backwards in part, and one of them twice in the same page.
    page.push(event(until - 1));
    return { body: [...page.slice(5), ...page.slice(0, 5).reverse()], headers: link };
  };
  const devicePage = (url: URL) => {
    const at = new Date(Number(url.searchParams.get('at') ?? now().getTime()));
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const all = devicesAt(at);
    const next = new URL(url);
    next.searchParams.set('at', String(at.getTime()));
    next.searchParams.set('skip', String(skip + devicesAPage));
    const more = skip + devicesAPage < all.length ? { '@odata.nextLink': String(next) } : {};
    return { body: { value: all.slice(skip, skip + devicesAPage).map(deviceRecord), ...more } };
  };

  type Answer = { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> };
  const answerTo = (url: URL, headers: Readonly<Record<string, string>>): Answer => {
    if (url.pathname.endsWith('/token')) {
      token += 1;
      callsLeft = 3;
      return { body: { access_token: `t${token}`, expires_in: 3600 } };
    }
    if (url.origin === origins.okta && mood.isOkta503?.()) {
      count('calls during the outage');
      return { status: 503, body: {} };
    }
    if (url.origin === origins.graph && headers.authorization !== `Bearer t${callsLeft-- > 0 ? token : 'none'}`) {
      count('tokens expired');
      return { status: 401, body: {} };
    }
    if (mood.random() < mood.rate) {
      const status = [429, 500, 503][Math.floor(mood.random() * 3)] ?? 500;
      count(`status ${status}`);
      return { status, body: {}, headers: { 'retry-after': '1' } };
    }
    return url.origin === origins.okta ? logPage(url) : devicePage(url);
  };
  return async (text, { headers }) => {
    const { status = 200, body, headers: sent = {} } = answerTo(new URL(text), headers);
    const isCut = status === 200 && mood.random() < mood.rate;
    if (isCut) count('bodies cut');
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    return {
      status,
      headers: { get: (name) => sent[name.toLowerCase()] ?? null },
      // Cut to what may still be JSON as far as HTTP can tell.
      bytes: async () => (isCut ? bytes.subarray(0, bytes.length >> 1) : bytes),
    };
  };
}
