// What a tenant fills in to connect Okta: an API token, or a service app with its private key (which is better, since its scopes can be seen).
import { z } from 'zod';
import { vendorUrl } from '../vendor-url.ts';

export const oktaSettings = z
  .strictObject({
    /** For example https://example.okta.com. */
    url: vendorUrl,
    /** SSWS token of a read-only administrator. */
    token: z.string().min(1).optional(),
    /** Client id of the service app. */
    clientId: z.string().min(1).optional(),
    /** Its private key as JWK, in JSON. */
    privateKeyJwk: z.string().min(1).optional(),
  })
  .refine(
    ({ token, clientId, privateKeyJwk }) =>
      (token === undefined) !== (clientId === undefined || privateKeyJwk === undefined),
    {
      message: 'either token, or clientId with privateKeyJwk',
    },
  );
export type OktaSettings = z.infer<typeof oktaSettings>;
