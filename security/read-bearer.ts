// The one place where a token may be: a single `Authorization: Bearer …` header.
import { Fault } from '@tessera/base';

export interface RequestHeaders {
  /** Name and value in turn, as Node's rawHeaders: so that a doubled header is seen. */
  readonly rawHeaders: readonly string[];
}

/** The token of the request; TOKEN_MISSING without one, TOKEN_AMBIGUOUS with two or in a second place. */
export function readBearer({ rawHeaders }: RequestHeaders): string {
  const values = (name: string) =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  const given = values('authorization');
  if (given.length > 1 || values('x-cube-authorization').length > 0) throw new Fault('TOKEN_AMBIGUOUS', {});
  const [header] = given;
  if (header === undefined) throw new Fault('TOKEN_MISSING', {});
  const token = /^bearer ([A-Za-z0-9._-]+)$/i.exec(header)?.[1];
  if (!token) throw new Fault('TOKEN_INVALID', {});
  return token;
}
