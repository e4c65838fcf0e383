// Okta events that detection engineers wrote down for their rules: as they are, and mended to what Okta itself would have sent.
import { readFileSync } from 'node:fs';
import type { Json } from '@tessera/demo';

/** The engineers' own notes beside the event. */
const isNote = (name: string) => name.startsWith('_') || name.startsWith('p_');

export const recordedEvents = (file: string): readonly Json[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Object.fromEntries(Object.entries(JSON.parse(line) as Json).filter(([name]) => !isNote(name))));

/** Some were kept by a store that writes all names in lower case. */
const spelling = [
  'eventType',
  'displayMessage',
  'legacyEventType',
  'authenticationContext',
  'debugContext',
  'securityContext',
];
const spelled = new Map(spelling.map((name) => [name.toLowerCase(), name]));

/**
 * Okta's spelling of the names; an id of its own, since copies were made without a new one; and a time where it is missing or taken out. Outcome, type,
 * person, address and session stay as they were written.
 */
export const mended = (event: Json, i: number): Json => ({
  ...Object.fromEntries(Object.entries(event).map(([name, value]) => [spelled.get(name) ?? name, value])),
  uuid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  published: Number.isNaN(Date.parse(`${event.published}`))
    ? `2024-01-01T00:00:${String(i % 60).padStart(2, '0')}.000Z`
    : `${`${event.published}`.slice(0, 23).replace(' ', 'T')}Z`,
});
