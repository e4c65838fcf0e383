// Laws of the checksum of pages.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { pagesChecksum, withoutPages } from './page-checksum.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const pages = fc.array(fc.string(), { maxLength: 12 }).map((texts) => texts.map((text) => ({ sha256: sha256(text) })));

test('the order of pages means nothing, and parts add up to the whole', () => {
  fc.assert(
    fc.property(pages, pages, (some, others) => {
      const whole = pagesChecksum([...some, ...others]);
      assert.deepEqual(pagesChecksum([...others, ...some].toReversed()), whole);
      assert.deepEqual(withoutPages(whole, pagesChecksum(others)), pagesChecksum(some));
    }),
  );
});

test('another page in the place of one, or one twice, is another checksum', () => {
  fc.assert(
    fc.property(pages, fc.string(), fc.string(), (some, one, other) => {
      fc.pre(one !== other);
      const has = [...some, { sha256: sha256(one) }];
      assert.notDeepEqual(pagesChecksum([...some, { sha256: sha256(other) }]), pagesChecksum(has));
      assert.notDeepEqual(pagesChecksum([...has, { sha256: sha256(one) }]), pagesChecksum(has));
    }),
  );
});
