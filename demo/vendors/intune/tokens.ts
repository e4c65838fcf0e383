// Entra's token endpoint for client credentials, and the check of its tokens at Graph. A token is a JWT whose `roles` a careful client reads.
import { createHmac } from 'node:crypto';
import type { Clock } from '@tessera/base';
import { type Answer, type Incoming, json } from '../exchange.ts';
import { entraError, graphError } from './answers.ts';

const lifetimeS = 3599;
const readRoles = [
  'DeviceManagementManagedDevices.Read.All',
  'DeviceManagementConfiguration.Read.All',
  'User.Read.All',
] as const;
const writeRole = 'DeviceManagementManagedDevices.ReadWrite.All';

interface Needs {
  readonly now: Clock;
  readonly overScoped: boolean;
  readonly directory: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Issues and checks tokens; they age on `now`. */
export function entraTokens(needs: Needs): {
  issue(request: Incoming, directory?: string): Answer;
  refuse(request: Incoming): Answer | undefined;
  revoke(): void;
} {
  let generation = 0;
  const sign = (text: string) =>
    createHmac('sha256', `${needs.clientSecret}|${generation}`).update(text).digest('base64url');
  return {
    issue: (request, directory) => {
      const form = new URLSearchParams(request.body);
      if (directory !== undefined && directory !== needs.directory)
        return entraError(
          400,
          'invalid_request',
          90002,
          `Tenant '${directory}' not found. Check to make sure you have the correct tenant ID.`,
        );
      if (form.get('grant_type') !== 'client_credentials')
        return entraError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
      if (form.get('client_id') !== needs.clientId)
        return entraError(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${form.get('client_id')}' was not found in the directory.`,
        );
      if (form.get('client_secret') !== needs.clientSecret)
        return entraError(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
      if (!(form.get('scope') ?? '').endsWith('/.default'))
        return entraError(
          400,
          'invalid_scope',
          1002012,
          'The provided value for scope is not valid. Client credential flows must have a scope value with /.default.',
        );
      const iat = Math.floor(needs.now().getTime() / 1000);
      const claims = {
        aud: 'https://graph.microsoft.com',
        iss: `https://sts.windows.net/${needs.directory}/`,
        iat,
        nbf: iat,
        exp: iat + lifetimeS,
        appid: needs.clientId,
        tid: needs.directory,
        roles: needs.overScoped ? [...readRoles, writeRole] : readRoles,
      };
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`;
      return json(
        {
          token_type: 'Bearer',
          expires_in: lifetimeS,
          ext_expires_in: lifetimeS,
          access_token: `${signed}.${sign(signed)}`,
        },
        200,
        { 'cache-control': 'no-store, no-cache' },
      );
    },
    refuse: (request) => {
      const [scheme, token = ''] = (request.header('authorization') ?? '').split(' ');
      const [header = '', payload = '', signature = ''] = token.split('.');
      const expired = () =>
        graphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.');
      if (scheme !== 'Bearer' || token === '')
        return graphError(401, 'InvalidAuthenticationToken', 'Access token is empty.');
      if (signature !== sign(`${header}.${payload}`)) return expired();
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? Number(claims.exp) : 0;
      return exp * 1000 <= needs.now().getTime() ? expired() : undefined;
    },
    revoke: () => void generation++,
  };
}
