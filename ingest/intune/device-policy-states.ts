// Which compliance policies a device is measured by: Graph calls a device without any policy compliant, and only this list tells.
import type { StreamDefinition } from '../contract.ts';
import type { GraphClient } from './client.ts';

export const devicePolicyStates: StreamDefinition<GraphClient> = {
  name: 'device_policy_states',
  about: 'State of each assigned compliance policy on each device; a device with no row has no policy assigned.',
  mode: 'children',
  endpoint: 'GET /deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates',
  records: '$.value[*]',
  primaryKey: ['device_id', 'id'],
  // One call a device: a check-in alone is no reason to ask again.
  parent: { stream: 'managed_devices', column: 'device_id', watch: ['id', 'compliance_state', 'user_id'] },
  pageSize: 1000,
  cursorAbout: 'None: one page a device, for new devices and those whose compliance state or user changed.',
  deletes: "A policy no longer in a device's list gets a deleted version.",
  retention: 'As long as the device.',
  alsoKnown: ['@odata.type', 'version', 'platformType', 'settingStates'],
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id of the policy (or of its state) on this device.' },
    display_name: { type: 'VARCHAR', path: '$.displayName', about: 'Name of the policy.' },
    state: {
      type: 'VARCHAR',
      path: '$.state',
      about:
        'complianceStatus, a different list from complianceState: unknown, notApplicable, compliant, remediated, nonCompliant, error, conflict, notAssigned.',
    },
    setting_count: { type: 'INTEGER', path: '$.settingCount', about: 'Settings that the policy checks.' },
  },
  pages: async function* ({ client, parents }) {
    for (const parent of (await parents?.()) ?? []) {
      const device = `/deviceManagement/managedDevices/${encodeURIComponent(parent)}`;
      for await (const { next: _next, delta: _delta, ...page } of client.list(
        devicePolicyStates.name,
        `${device}/deviceCompliancePolicyStates`,
        { whenGone: 'end' },
      )) {
        yield { ...page, parent, cursor: null };
      }
    }
  },
};
