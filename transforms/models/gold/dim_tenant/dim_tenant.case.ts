// Cases of dim_tenant.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({
  'one row, as the build was told; a quote in a name is a quote': {
    vars: { display_name: "Ana's", time_zone: 'Asia/Kolkata' },
    given: {},
    expect: [
      {
        tenant_id: 'acme-corp',
        org_id: 'acme-corp-hq',
        display_name: "Ana's",
        time_zone: 'Asia/Kolkata',
        status: 'active',
        as_of: '2026-03-31T00:00:00Z',
      },
    ],
  },
});
