// Addresses of vendors in a connection's settings.
import { z } from 'zod';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An https URL; http only for this machine, so that no credential travels in clear. A trailing slash is dropped. */
export const vendorUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => {
    const url = new URL(text);
    return url.protocol === 'https:' || loopback.has(url.hostname);
  }, 'must be https')
  // What we ask for is put behind it: a question or a fragment would swallow that, and send the credential to another place.
  .refine((text) => !/[?#@\\]/.test(text), 'has no query, no fragment and names no user')
  .transform((text) => text.replace(/\/+$/, ''));
