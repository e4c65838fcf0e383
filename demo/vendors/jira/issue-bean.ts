// An issue with the fields that were asked for.
import type { Json } from '../../world.ts';

/** How many of the newest entries `expand=changelog` shows; the rest is only in the changelog itself. */
const expanded = 40;

/** `id` alone gives the id alone; `*all`, `*navigable`, names and `-name` work as in the real service. */
export function issueBean(
  issue: Json,
  base: string,
  fields: readonly string[],
  expand: string,
  histories: readonly Json[],
): Json {
  const changelog = expand.split(',').includes('changelog') && {
    changelog: {
      startAt: 0,
      maxResults: Math.min(expanded, histories.length),
      total: histories.length,
      histories: histories.slice(-expanded).reverse(),
    },
  };
  if (fields.every((field) => field === 'id')) return { id: issue.id, ...changelog };
  const head = {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: `${base}/rest/api/3/issue/${issue.id}`,
    key: issue.key,
    ...changelog,
  };
  const wanted = fields.filter((field) => field !== 'id' && field !== 'key');
  if (wanted.length === 0) return head;
  const all = (issue.fields ?? {}) as Json;
  const whole = wanted.some((field) => field.startsWith('*') || field.startsWith('-'));
  const left = new Set(wanted.filter((field) => field.startsWith('-')).map((field) => field.slice(1)));
  const shown = Object.entries(all).filter(([name]) => (whole ? !left.has(name) : wanted.includes(name)));
  return { ...head, fields: Object.fromEntries(shown) };
}
