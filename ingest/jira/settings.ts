// What a tenant fills in to connect Jira Cloud.
import { z } from 'zod';
import { vendorUrl } from '../vendor-url.ts';

export const jiraSettings = z.strictObject({
  /** For example https://example.atlassian.net. */
  url: vendorUrl,
  /** Account that the API token belongs to; a plain reader of the projects. */
  email: z.string().min(1),
  apiToken: z.string().min(1),
});
export type JiraSettings = z.infer<typeof jiraSettings>;
