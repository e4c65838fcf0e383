// What operators look at, in each tenant's lake: records that could not be taken, letters of stages that failed, the ledger's entries, ages of sources.
import type { Tenant } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import { asker, canary, primes, twin } from './world.ts';

/** Strangers have more of everything, under the same names as the asker and under others. */
export async function seedOperations(lake: TenantLake, at: Date): Promise<void> {
  const { tenant } = lake;
  const isAsker = tenant === asker;
  const told = (word: string) => (isAsker ? word : `${canary}-${word}-${tenant}`);
  const count = (nth: number) => (isAsker ? nth + 1 : (primes[nth] ?? 0));
  const run = 'first';

  const streams = isAsker ? ['users', 'events'] : ['users', 'events', 'groups'];
  for (const stream of streams)
    await lake.quarantine.put(
      Array.from({ length: isAsker ? 2 : 5 }, (_, page) => ({
        ...{ source: 'okta' as const, stream, run, page, at },
        reason: told('no date in profile.created'),
        record: JSON.stringify({ id: told(`u${page}`), profile: { email: told('p1@shared.example') } }),
      })),
    );
  if (tenant === twin || isAsker) {
    const [first] = await lake.quarantine.list();
    if (first)
      await lake.quarantine.mend({ id: first.id, how: 'discarded', at: at.toISOString(), by: told('operator') });
  }

  for (const id of letterIds(tenant)) {
    const [stage = '', source = '', stream = ''] = id.split('.');
    const letter = { run, at: at.toISOString(), code: 'VENDOR_FAILED', attempts: count(2) };
    await lake.deadLetters.put(id, {
      ...{ id, stage, source, stream, input: { source, stream, cursor: told('cursor') } },
      ...{ ...letter, message: told('The vendor answered 500.'), history: [letter], firstAt: letter.at },
    });
  }

  const line = (nth: number, object: string) => ({
    ...{ hop: 'raw-bronze', source: 'okta', object, date: '2026-01-20' },
    ...{ from: count(nth) + 1, to: count(nth), reasons: { [told('quarantined')]: 1 }, added: {} },
    ...{ unexplained: 0, problem: null, expected: '1', found: '1' },
  });
  const lines = streams.map((stream, nth) => line(nth + 3, stream));
  await lake.ledger.put(`run-${run}`, { tenant, run, at: at.toISOString(), balanced: isAsker, lines });
  if (!isAsker) await lake.ledger.put('open', { run, since: at.toISOString(), lines, pages: [] });

  const checked = at.getTime() - (isAsker ? 60_000 : count(7));
  await lake.freshness.put('sources', {
    sources: {
      okta: {
        until: at.getTime(),
        checkedAt: checked,
        answeredAt: checked,
        failed: isAsker ? null : told('FAILED'),
        days: [],
      },
    },
  });
}

/** One that everybody has, and one of one's own. */
export const letterIds = (tenant: Tenant): readonly string[] => [
  'fetch.okta.users',
  tenant === asker ? 'fetch.okta.events' : 'stage.okta.groups',
];
