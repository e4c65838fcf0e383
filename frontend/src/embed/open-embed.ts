// From the token in the address to a session: taken out of the address first, given away once, kept in memory only.

export interface EmbedSession {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly tenant: string;
  readonly dashboard: string;
  /** The only page that is told anything. */
  readonly origin: string;
}

/** The token of the fragment, which is then no longer in the address nor in the history. */
export function takeToken(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): string {
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** unknown → EmbedSession; an Error where the server's answer is not one. */
export function parseSession(value: unknown): EmbedSession {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const { accessToken, expiresAt, tenant, dashboard, origin } = fields;
  const isText = (field: unknown): field is string => typeof field === 'string' && field !== '';
  if (!isText(accessToken) || !isText(expiresAt) || !isText(tenant) || !isText(dashboard) || !isText(origin))
    throw new Error('The view could not be opened.');
  // A message to `*` could be read by anybody.
  if (origin !== new URL(origin).origin) throw new Error('The view could not be opened.');
  return { accessToken, expiresAt: Date.parse(expiresAt), tenant, dashboard, origin };
}

export async function openEmbed(token: string): Promise<EmbedSession> {
  if (token === '') throw new Error('This view was opened before, or without a token. Load the page around it again.');
  const response = await fetch('/api/v1/embeds/exchange', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ token }),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return parseSession(body);
  const said = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  throw new Error(typeof said === 'string' ? said : `The server answered ${response.status}.`);
}
