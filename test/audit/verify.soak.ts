// The long run of falsifications: 10,000, from a new seed each time; the seed is said where one is missed.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { falsify } from './falsify.ts';
import { begin, makeScene, writeFiles } from './scene.ts';

test('attack 180: 10,000 falsifications are found, each at its first record', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'falsify-'));
  const seed = Date.now() | 0;
  try {
    const scene = await makeScene();
    await writeFiles(folder, scene.files);
    assert.deepEqual(await falsify(folder, scene, new Date(begin + 3_600_000), 10_000, seed), [], `seed ${seed}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
