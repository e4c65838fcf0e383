// The routes that anybody may ask, token or not. Every other one must answer 401 to a token that is none, or nothing is served at all.
import { embedPath } from './embeds/embed-page.ts';
import { hookPath } from './hooks-door.ts';
import { routes } from './routes.ts';

export const publicPaths: ReadonlySet<string> = new Set([
  '/api/v1/openapi.json',
  // A document without data; what it shows wants a token.
  embedPath,
  // Vendors sign with the hook's own secret.
  hookPath,
  ...routes.filter(({ answer }) => 'public' in answer).map(({ path }) => path),
]);
