// One row per tenant.
import { tableMeta } from '../../../table-meta.ts';

export const dimTenant = tableMeta({
  name: 'dim_tenant',
  grain: 'One row per tenant.',
  about: 'Who the tenant is and in which time zone its days are counted.',
  key: ['tenant_id'],
  columns: {
    display_name: { type: 'VARCHAR', about: 'Name shown to people.' },
    time_zone: { type: 'VARCHAR', about: "IANA zone in which the tenant's days begin." },
    status: { type: 'VARCHAR', about: 'active, suspended or deleted.' },
    as_of: { type: 'TIMESTAMPTZ', about: 'Instant at which the current-state columns of this release hold.' },
  },
});
