// Entra's users as Graph lists them.
import type { PersonFact } from '../facts.ts';
import type { Json, Versioned } from '../world.ts';
import { titles } from './names.ts';
import type { Stage } from './profile.ts';
import { random } from './random.ts';

export function entraUsers(stage: Stage, people: readonly PersonFact[]): Versioned<Json>[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|entra`);
  return people.flatMap((one) => {
    if (one.entraId === undefined) return [];
    const created = one.okta?.created ?? stage.start + 40 * 86_400_000;
    const guest = one.okta === undefined;
    const left = one.okta?.status === 'DEPROVISIONED' ? one.okta.canSignIn.at(-1)?.to : undefined;
    const record = (enabled: boolean): Json => ({
      id: one.entraId,
      accountEnabled: enabled,
      businessPhones: [],
      createdDateTime: `${new Date(created).toISOString().slice(0, 19)}Z`,
      department: one.department ?? null,
      displayName: `${one.firstName} ${one.lastName}`,
      givenName: one.firstName,
      jobTitle: title,
      mail: one.email,
      mobilePhone: null,
      officeLocation: one.city,
      preferredLanguage: null,
      surname: one.lastName,
      userPrincipalName: guest
        ? `${one.email.replace('@', '_')}#EXT#@${stage.profile.tenant}.onmicrosoft.example`
        : one.email,
      userType: guest ? 'Guest' : 'Member',
    });
    const title = dice.pick(titles);
    const versions: { from: string; record: Json }[] = [
      { from: new Date(created).toISOString(), record: record(true) },
    ];
    if (left !== undefined && left < stage.asOf)
      versions.push({ from: new Date(left).toISOString(), record: record(false) });
    return [{ id: one.entraId, versions }];
  });
}
