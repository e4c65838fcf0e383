// Tenant names. A Tenant can only be made by parseTenant, so a path or a query built from one cannot be steered.
import { Fault } from './fault.ts';
import { fail, ok, type Result } from './result.ts';

/** A tenant's slug: immutable, never reused. */
export type Tenant = string & { readonly __brand: 'Tenant' };

const slug = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function isTenant(value: unknown): value is Tenant {
  return typeof value === 'string' && value.length <= 40 && slug.test(value);
}

/** unknown → Tenant, or TENANT_INVALID. */
export function parseTenant(value: unknown): Result<Tenant> {
  if (isTenant(value)) return ok(value);
  return fail(new Fault('TENANT_INVALID', { length: typeof value === 'string' ? value.length : 0 }));
}

/** The tenant's name as a SQL identifier: `-` → `_`, injective because a slug has no `_`. */
export function sqlName(tenant: Tenant): string {
  return tenant.replaceAll('-', '_');
}

/** The catalog that engines show a tenant: `acme-corp` → `tenant_acme_corp_catalog`. */
export function tenantCatalog(tenant: Tenant): string {
  return `tenant_${sqlName(tenant)}_catalog`;
}
