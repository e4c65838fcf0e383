// What models are told of a tenant.
import type { TransformVars } from '@tessera/transforms';
import type { TenantConfig } from './tenant-config.ts';

export const transformVars = ({ tenant, orgId, timeZone, displayName }: TenantConfig, asOf: Date): TransformVars => ({
  tenant,
  org_id: orgId,
  time_zone: timeZone,
  display_name: displayName,
  as_of: asOf,
  status: 'active',
});
