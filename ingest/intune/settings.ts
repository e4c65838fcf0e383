// What a tenant fills in to connect Intune.
import { z } from 'zod';
import { vendorUrl } from '../vendor-url.ts';

export const intuneSettings = z.strictObject({
  graphUrl: vendorUrl.default('https://graph.microsoft.com/v1.0'),
  authorityUrl: vendorUrl.default('https://login.microsoftonline.com'),
  /** Entra's directory (tenant) id. */
  directoryId: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});
export type IntuneSettings = z.infer<typeof intuneSettings>;
