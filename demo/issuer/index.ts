// The demo's identity provider: real OpenID Connect over HTTP, invented people, no passwords.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import { type Account, configuration, pagePolicy } from './configuration.ts';
import { issuerKeys } from './keys.ts';
import { mintToken, type TokenRequest } from './mint.ts';
import { type DemoTenant, signInPage, troublePage } from './pages.ts';

export interface IssuerOptions {
  /** Name and address, for example `http://127.0.0.1:4100/oidc`; requests under its path belong to the listener. */
  readonly url: string;
  /** Origins from which the application is served, for example `http://127.0.0.1:4000`. */
  readonly appOrigins: readonly string[];
  readonly tenants: readonly DemoTenant[];
  /** Folder in which the keys are kept. */
  readonly keysFolder: string;
}

export interface DemoIssuer {
  readonly url: string;
  /** True for a request that is the issuer's. */
  owns(path: string): boolean;
  readonly listener: RequestListener;
  mintToken(request: TokenRequest): Promise<string>;
}

/** Makes the issuer; the caller listens, so that it can share a port with the vendor stand-ins. */
export async function createIssuer({ url, appOrigins, tenants, keysFolder }: IssuerOptions): Promise<DemoIssuer> {
  const basePath = new URL(url).pathname.replace(/\/$/, '');
  const keys = await issuerKeys(keysFolder);
  const accounts = new Map<string, Account>(
    tenants.flatMap(({ tenant, people }) =>
      people.map((one) => [one.email.toLowerCase(), { ...one, tenant }] as const),
    ),
  );
  const provider = new Provider(url, configuration({ keys, basePath, appOrigins, accounts }));
  const callback = provider.callback();
  const interaction = new RegExp(`^${basePath}/interaction/[\\w-]+$`);
  const owns = (path: string) => path === basePath || path.startsWith(`${basePath}/`);

  async function chooseWho(request: IncomingMessage, response: ServerResponse): Promise<void> {
    pagePolicy(response, appOrigins);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    try {
      await provider.interactionDetails(request, response);
      const email = request.method === 'POST' ? await postedEmail(request) : undefined;
      if (email !== undefined && accounts.has(email)) {
        await provider.interactionFinished(request, response, { login: { accountId: email, amr: ['pwd', 'mfa'] } });
        return;
      }
      response.statusCode = email === undefined ? 200 : 422;
      response.end(signInPage(request.url ?? '', tenants, email));
    } catch {
      // An interaction that is over or was never begun here; the page says what to do.
      response.statusCode = 400;
      response.end(troublePage('This sign-in has expired or was started in another browser.'));
    }
  }

  return {
    url,
    owns,
    listener(request, response) {
      const path = request.url?.split('?')[0] ?? '/';
      if (interaction.test(path)) return void chooseWho(request, response);
      // oidc-provider is mounted the way Express would do it.
      const original = request.url ?? '/';
      Object.assign(request, { originalUrl: original, baseUrl: basePath });
      request.url = original.slice(basePath.length) || '/';
      void callback(request, response);
    },
    mintToken: (request) => mintToken(url, keysFolder, request),
  };
}

const formLimit = 4096;

async function postedEmail(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > formLimit) break;
  }
  return (new URLSearchParams(text).get('email') ?? '').trim().toLowerCase();
}
