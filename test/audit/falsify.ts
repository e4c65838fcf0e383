// Falsifies a store again and again, and tells which falsifications the verifier missed or put in a wrong place.
import { verifyAudit } from '@tessera/security';
import { writeFiles } from './scene.ts';
import { type Scene, tampers, victim } from './tampers.ts';

/** `folder` holds the scene and holds it again at the end. */
export async function falsify(folder: string, scene: Scene, now: Date, times: number, seed: number): Promise<string[]> {
  const kinds = Object.entries(tampers);
  const missed: string[] = [];
  let state = seed;
  // mulberry32: the same seed, the same falsifications.
  const pick = (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
  for (let i = 0; i < times; i++) {
    const [kind, tamper] = kinds[i % kinds.length] ?? [];
    if (!kind || !tamper) continue;
    const before = state;
    const { files, first } = tamper(scene, pick);
    await writeFiles(folder, files, scene.files);
    // Now and then the whole store, to see that nobody else is blamed.
    const tenant = i % 20 === 0 ? undefined : victim;
    const verdicts = await verifyAudit({ folder, tenant, now });
    await writeFiles(folder, scene.files, files);
    const own = verdicts.find(({ tenant }) => tenant === victim);
    const others = verdicts.filter(({ tenant }) => tenant !== victim);
    if (own?.ok !== false || own.firstBad !== first || others.some(({ ok }) => !ok))
      missed.push(`${kind} (state ${before}): expected ${first}, said ${own?.firstBad} ${own?.problem}`);
  }
  return missed;
}
