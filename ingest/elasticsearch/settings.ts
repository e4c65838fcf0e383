// What a tenant fills in to connect Elasticsearch.
import { z } from 'zod';
import { vendorUrl } from '../vendor-url.ts';

/** `logs-*,other:auth-*,-logs-old`: names and wildcards, and nothing that would be a path, a date to compute, or one of the cluster's own endpoints. */
const indexPattern = /^-?(?:[\w*-]+:)?(?!\.+$)[A-Za-z0-9*.][\w*.-]*$/;

export const elasticsearchSettings = z.strictObject({
  /** For example https://cluster.es.example.com:9243. */
  url: vendorUrl,
  /** What follows the word ApiKey: base64 of id:key. */
  apiKey: z.string().min(1),
  /** Index pattern or data stream that holds authentication events. */
  index: z
    .string()
    .max(1000)
    .refine((text) => text.split(',').every((part) => indexPattern.test(part)), 'names of indices with * and commas')
    .default('logs-*'),
  /** What `organization.id` of its documents says; a document that says another is refused. */
  organizationId: z.string().min(1).optional(),
  /** Documents newer than this are left for the next run: until then a refresh, or another node's clock, could still slip one in before them. */
  lagMs: z.coerce.number().int().min(0).default(60_000),
});
export type ElasticsearchSettings = z.infer<typeof elasticsearchSettings>;
