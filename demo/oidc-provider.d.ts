// The little of oidc-provider that the demo issuer uses; the package ships no types.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  export interface Session {
    readonly accountId?: string;
    grantIdFor(clientId: string): string | undefined;
  }
  export interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: Session;
      readonly provider: Provider;
      readonly entities: {
        readonly AuthorizationCode?: { readonly amr?: readonly string[]; readonly authTime?: number };
        readonly RefreshToken?: { readonly amr?: readonly string[]; readonly authTime?: number };
      };
    };
    body: unknown;
    type: string;
  }
  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
  }
  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Grant: {
      new (properties: { readonly clientId: string; readonly accountId: string | undefined }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
    ): Promise<void>;
    on(event: string, listener: (...values: readonly unknown[]) => void): void;
  }
  export default Provider;
}
