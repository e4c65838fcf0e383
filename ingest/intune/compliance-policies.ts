// Intune's device compliance policies, of every platform.
import type { StreamDefinition } from '../contract.ts';
import type { GraphClient } from './client.ts';
import { never } from './sentinels.ts';

export const compliancePolicies: StreamDefinition<GraphClient> = {
  name: 'compliance_policies',
  about: 'Device compliance policies; the kind of policy is its @odata.type.',
  mode: 'snapshot',
  endpoint: 'GET /deviceManagement/deviceCompliancePolicies',
  records: '$.value[*]',
  primaryKey: ['id'],
  pageSize: 1000,
  cursorAbout: 'None: a full listing every run (a tenant has tens of them).',
  deletes: 'A policy that a complete listing no longer has gets a deleted version.',
  retention: 'Until the policy is deleted.',
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Policy id.' },
    display_name: { type: 'VARCHAR', path: '$.displayName', about: 'Name of the policy.' },
    policy_type: {
      type: 'VARCHAR',
      path: '$."@odata.type"',
      about: 'Kind, for example #microsoft.graph.iosCompliancePolicy.',
    },
    version: { type: 'INTEGER', path: '$.version', about: 'Version of the policy.' },
    created_at: { type: 'TIMESTAMPTZ', path: '$.createdDateTime', nullIf: never, about: 'When it was made.' },
    last_modified_at: { type: 'TIMESTAMPTZ', path: '$.lastModifiedDateTime', nullIf: never, about: 'Last edit.' },
  },
  pages: async function* ({ client }) {
    for await (const { next: _next, delta: _delta, ...page } of client.list(
      compliancePolicies.name,
      '/deviceManagement/deviceCompliancePolicies',
    )) {
      yield { ...page, cursor: null };
    }
  },
};
