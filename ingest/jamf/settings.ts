// What a tenant fills in to connect Jamf Pro.
import { z } from 'zod';
import { vendorUrl } from '../vendor-url.ts';

export const jamfSettings = z.strictObject({
  /** For example https://example.jamfcloud.com, without /api. */
  url: vendorUrl,
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
});
export type JamfSettings = z.infer<typeof jamfSettings>;
