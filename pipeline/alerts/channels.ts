// How a notification leaves: a signed webhook, a Slack-shaped one, an e-mail. What goes wrong is told without addresses, since some of them are secrets.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { createCall, createReach, Fault } from '@tessera/base';
import type { Notification } from './alert-book.ts';
import type { Channel } from './alert-config.ts';

/** A delivery that failed; `retryAfterMs` where the receiver named a time. */
export class DeliveryError extends Error {
  readonly retryAfterMs: number | undefined;
  constructor(problem: string, retryAfterMs?: number) {
    super(problem);
    this.name = 'DeliveryError';
    this.retryAfterMs = retryAfterMs;
  }
}

const timeoutMs = 10_000;
const words = {
  firing: 'Alert',
  wider: 'Alert, more tenants',
  still: 'Alert, still open',
  resolved: 'Resolved',
} as const;

/** One line: what, where, how many. */
export const headline = ({ kind, severity, rule, subject, tenantCount }: Notification): string =>
  `${words[kind]} (${severity}): ${rule}, ${subject}${tenantCount > 0 ? `, ${tenantCount} ${tenantCount === 1 ? 'tenant' : 'tenants'}` : ''}`;

export function plainText(notification: Notification): string {
  const { about, note, since, tenants, tenantCount, id } = notification;
  const more = tenantCount - tenants.length;
  return [
    headline(notification),
    about,
    ...(note === undefined ? [] : [`Told: ${note}`]),
    `Since: ${since}`,
    ...(tenants.length === 0 ? [] : [`Tenants: ${tenants.join(', ')}${more > 0 ? ` and ${more} more` : ''}`]),
    `Id: ${id}`,
  ].join('\n');
}

/** Resolves when the receiver has taken it; DeliveryError where it has not. */
export async function send(channel: Channel, notification: Notification, now: Date): Promise<void> {
  if (channel.kind === 'email') return mail(channel, notification);
  const body =
    channel.kind === 'slack'
      ? JSON.stringify({ text: escapeSlack(plainText(notification)) })
      : JSON.stringify({ type: 'tessera.alert', version: 1, ...notification });
  const seconds = Math.floor(now.getTime() / 1000);
  const signature =
    channel.kind === 'webhook' && channel.secret !== undefined
      ? createHmac('sha256', channel.secret).update(`${seconds}.${body}`).digest('hex')
      : undefined;
  await post(channel, body, {
    'content-type': 'application/json',
    'idempotency-key': notification.id,
    ...(signature === undefined ? {} : { 'x-tessera-signature': `t=${seconds},v1=${signature}` }),
  });
}

/** Slack reads these three as markup, and `<!channel>` would call everybody. */
const escapeSlack = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

async function post(
  { url, networks }: Channel & { readonly url: string },
  body: string,
  headers: Record<string, string>,
): Promise<void> {
  // A redirect is not followed: it would carry the body to an address that nobody configured.
  const response = await createCall(url, { networks })(url, {
    ...{ method: 'POST' as const, body, headers },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: Error & { code?: unknown }) => {
    throw new DeliveryError(
      error.name === 'TimeoutError' ? 'no answer in time' : `no connection (${error.code ?? error.name})`,
    );
  });
  await response.body?.cancel();
  if (response.status >= 200 && response.status < 300) return;
  const wait = Number(response.headers.get('retry-after'));
  throw new DeliveryError(`answered ${response.status}`, wait > 0 ? wait * 1000 : undefined);
}

async function mail(channel: Channel & { readonly kind: 'email' }, notification: Notification): Promise<void> {
  const { host, port, tls, auth, from, to } = channel;
  const address = await resolve(channel);
  // Loaded with the first mail.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    // The address that was judged, under the name that its certificate must have.
    ...{ host: address, port, ...(isIP(host) === 0 ? { tls: { servername: host } } : {}) },
    ...{ secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    ...(auth ? { auth: { ...auth } } : {}),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    // No text of ours can make it read a file or call an address.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: headline(notification),
      text: plainText(notification),
      messageId: `<${notification.id}@tessera>`,
      ...(notification.kind === 'firing' ? {} : { references: `<${notification.alert}@tessera>` }),
    });
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    throw new DeliveryError(`mail was refused (${responseCode ?? code ?? 'no reason'})`);
  } finally {
    transport.close();
  }
}

/** Where the mail server's name leads to now; DeliveryError where that is nowhere, or may not be called. */
const resolve = ({ host, networks }: Channel & { readonly kind: 'email' }): Promise<string> =>
  new Promise((found, refused) =>
    createReach({ networks }).lookup(host, { all: false }, (error, address) =>
      error
        ? refused(
            new DeliveryError(`no connection (${error instanceof Fault ? error.code : (error.code ?? error.name)})`),
          )
        : found(String(address)),
    ),
  );
