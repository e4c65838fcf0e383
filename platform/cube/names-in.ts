// Which members a question names, as the trail has them; apart from the gateway, because Cube must not be loaded for it.
import { membersOf } from './rewrite.ts';

const maxNames = 100;
/** Names of members in whatever was asked, also where it was refused for its form. */
export function namesIn(query: unknown): readonly string[] {
  try {
    const parsed: unknown = typeof query === 'string' ? JSON.parse(query) : query;
    const queries = (Array.isArray(parsed) ? parsed : [parsed]) as object[];
    const names = queries
      .flatMap(membersOf)
      .filter((name) => /^[a-z][a-z0-9_]{0,60}\.[a-z][a-z0-9_]{0,60}$/.test(name));
    return [...new Set(names)].slice(0, maxNames);
  } catch {
    return [];
  }
}
