// What a credential may see of what there is: scopes that are narrowed and widened while the vendor goes on. Hidden looks like deleted, as it does at the real ones.
import type { SourceName } from '@tessera/base';
import type { TenantWorld, Versioned } from '../world.ts';

/** `kind` is the list's name in the world (users, groups, devices, computers, mobileDevices, issues, projects, index). Asked at every request. */
export type Sees = (what: {
  readonly source: SourceName;
  readonly kind: string;
  readonly id: string;
  readonly record: unknown;
}) => boolean;

export const seesAll: Sees = () => true;

/** The world through the eyes of a credential. Nothing says when that changed: no version, no event, no entry in a delta. */
export function throughEyes(world: TenantWorld, sees: Sees): TenantWorld {
  const seen = <T>(source: SourceName, kind: string, list: readonly Versioned<T>[]): readonly Versioned<T>[] =>
    list.map(({ id, versions }) => ({
      id,
      get versions() {
        return versions.map(({ from, record }) => ({
          from,
          record: record !== undefined && sees({ source, kind, id, record }) ? record : undefined,
        }));
      },
    }));
  const { okta, intune, jamf, jira } = world;
  return {
    ...world,
    okta: { ...okta, users: seen('okta', 'users', okta.users), groups: seen('okta', 'groups', okta.groups) },
    intune: {
      ...intune,
      devices: seen('intune', 'devices', intune.devices),
      users: seen('intune', 'users', intune.users),
    },
    jamf: {
      computers: seen('jamf', 'computers', jamf.computers),
      mobileDevices: seen('jamf', 'mobileDevices', jamf.mobileDevices),
    },
    jira: {
      ...jira,
      issues: seen('jira', 'issues', jira.issues),
      projects: seen('jira', 'projects', jira.projects),
    },
  };
}
