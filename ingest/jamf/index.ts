// Jamf Pro.
import type { Connector } from '../contract.ts';
import { connectJamf, type JamfClient } from './client.ts';
import { computers } from './computers.ts';
import { mobileDevices } from './mobile-devices.ts';
import { neededPrivileges } from './privileges.ts';
import { type JamfSettings, jamfSettings } from './settings.ts';

export const jamf: Connector<JamfSettings, JamfClient> = {
  source: 'jamf',
  title: 'Jamf Pro',
  settings: jamfSettings,
  secrets: ['clientSecret'],
  auth: 'OAuth 2.0 client credentials of an API client; tokens live as long as the client says, often 60 s',
  scopes: neededPrivileges,
  limits:
    'No published limit and no headers: one call at a time (the vendor advises at most 5), back off on 429 and 503.',
  docs: 'https://developer.jamf.com/jamf-pro/reference/jamf-pro-api',
  connect: connectJamf,
  streams: [computers, mobileDevices],
};
