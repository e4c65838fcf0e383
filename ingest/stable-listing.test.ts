// A listing by offset misses nobody who was there all the time, or says that it cannot know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@tessera/base';
import fc from 'fast-check';
import { stableListing } from './stable-listing.ts';

const page = {
  request: 'GET x',
  status: 200,
  body: new Uint8Array(),
  receivedAt: new Date(0),
  records: 0,
  cursor: null,
};

test('while rows only leave, or only come, between pages, whoever stays is listed, or the listing is called unstable', async () => {
  const fleets = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 25 });
  const changes = fc.array(fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fleets,
      changes,
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      async (start, script, leaving, size) => {
        let present = [...start].sort((a, b) => a - b);
        const seen = new Set<string>();
        const steps = [...script];
        const listing = stableListing('jamf', 'computers', async (offset, index) => {
          const step = index === 0 ? undefined : steps.shift();
          if (step !== undefined) {
            const others = present.filter((id) => id !== step);
            present = leaving ? others : [...others, step].sort((a, b) => a - b);
          }
          const ids = present.slice(offset, offset + size).map(String);
          for (const id of ids) seen.add(id);
          return { page, ids, total: present.length, last: offset + size >= present.length };
        });
        try {
          for await (const _page of listing);
        } catch (fault) {
          assert.ok(fault instanceof Fault && fault.code === 'LISTING_UNSTABLE');
          return;
        }
        const stayed = start.filter((id) => present.includes(id)).map(String);
        assert.deepEqual(
          stayed.filter((id) => !seen.has(id)),
          [],
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('a record without an id neither ends a listing nor unsettles it, counted by the vendor or not', async () => {
  for (const total of [2, 3]) {
    const pages = [['a', undefined], ['b']];
    let calls = 0;
    const listing = stableListing('jamf', 'computers', async (_offset, index) => {
      calls++;
      return { page, ids: pages[index] ?? [], total, last: index === 1 };
    });
    for await (const _page of listing);
    assert.equal(calls, 2);
  }
});

test('a vendor that never says "last" is left when a page brings nothing new', async () => {
  let calls = 0;
  const listing = stableListing('jira', 'projects', async () => {
    calls++;
    return { page, ids: ['a'], total: undefined, last: false };
  });
  await assert.rejects(
    async () => {
      for await (const _page of listing);
    },
    { code: 'LISTING_UNSTABLE' },
  );
  assert.equal(calls, 6);
});
