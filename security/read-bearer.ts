// The one place where a token may be: a single `Authorization: Bearer …` header.
import { Fault } from '@tessera/base';

export interface RequestHeaders {
  /** Name and value in turn, as Node's rawHeaders: so that a doubled header is seen. */
  readonly rawHeaders: readonly string[];
  /** The request's target, looked at for a token that has no business there. */
  readonly url?: string | undefined;
}

/** Names under which tokens are put where histories, logs and other pages find them. */
const tokenName = /^(?:(?:access_|id_)?token|authorization|bearer|jwt)$/i;

/**
 * The token of the request; TOKEN_MISSING without one, TOKEN_AMBIGUOUS with two or in a second place. Beside a good header cookies are not looked at: a
 * browser sends those of every program of the same host, and nothing here reads them.
 */
export function readBearer({ rawHeaders, url = '' }: RequestHeaders): string {
  const values = (name: string) =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  const given = values('authorization');
  const [header] = given;
  const isElsewhere =
    isNamed(url.split('?')[1]?.split('&')) || (header === undefined && isNamed(values('cookie').join(';').split(';')));
  if (given.length > 1 || values('x-cube-authorization').length > 0 || isElsewhere)
    throw new Fault('TOKEN_AMBIGUOUS', {});
  if (header === undefined) throw new Fault('TOKEN_MISSING', {});
  const token = /^bearer ([A-Za-z0-9._-]+)$/i.exec(header)?.[1];
  if (!token) throw new Fault('TOKEN_INVALID', {});
  return token;
}

const isNamed = (pairs: readonly string[] = []): boolean =>
  pairs.some((pair) => tokenName.test(pair.split('=')[0]?.trim() ?? ''));
