// Microsoft Intune and Entra through Graph.
import type { Connector } from '../contract.ts';
import { connectGraph, type GraphClient } from './client.ts';
import { compliancePolicies } from './compliance-policies.ts';
import { devicePolicyStates } from './device-policy-states.ts';
import { managedDevices } from './managed-devices.ts';
import { neededRoles } from './scopes.ts';
import { type IntuneSettings, intuneSettings } from './settings.ts';
import { users } from './users.ts';

export const intune: Connector<IntuneSettings, GraphClient> = {
  source: 'intune',
  title: 'Microsoft Intune',
  settings: intuneSettings,
  secrets: ['clientSecret'],
  auth: 'OAuth 2.0 client credentials of an Entra application (scope .default)',
  scopes: neededRoles,
  limits: 'Intune devices: 2000 GET in 20 s per application and tenant; 429 with Retry-After, and every retry counts.',
  docs: 'https://learn.microsoft.com/graph/api/intune-devices-manageddevice-list',
  connect: connectGraph,
  streams: [managedDevices, compliancePolicies, devicePolicyStates, users],
};
