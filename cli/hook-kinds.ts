// What may be delivered, a row a source: how it may be signed, how it is judged before it is kept, and how old it may be.
import type { SourceName } from '@tessera/base';
import { type JudgedDelivery, readElasticDelivery, readJiraWake, readOktaDelivery } from '@tessera/ingest';
import type { SchemeName } from '@tessera/platform';

export interface HookKind {
  /** As its vendor signs first. */
  readonly schemes: readonly [SchemeName, ...SchemeName[]];
  readonly about: string;
  readonly judge: (body: Uint8Array) => JudgedDelivery;
  /** By what it says itself. What is older was recorded by somebody, and polling brings it anyway. */
  readonly oldestMs: number;
  /** Header in which the vendor sends the challenge of a new hook. */
  readonly challenge?: string;
}

const hour = 3_600_000;

export const hookKinds: Readonly<Partial<Record<SourceName, HookKind>>> = {
  okta: {
    schemes: ['authorization'],
    about: 'events of the System Log',
    judge: readOktaDelivery,
    // Okta sends at once and tries once more.
    oldestMs: hour,
    challenge: 'x-okta-verification-challenge',
  },
  elasticsearch: {
    schemes: ['standard', 'bearer'],
    about: 'authentication documents',
    judge: readElasticDelivery,
    oldestMs: Number.POSITIVE_INFINITY,
  },
  jira: {
    schemes: ['hub', 'standard', 'bearer'],
    about: 'that something happened: Jira is asked at once',
    judge: readJiraWake,
    // Jira tries five times more, up to a quarter of an hour apart.
    oldestMs: 2 * hour,
  },
};
