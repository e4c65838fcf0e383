// Every connector there is. The list is explicit: a folder that is not on it fails a test.
import { defineConnector, type SourceConnector } from './define-connector.ts';
import { elasticsearch } from './elasticsearch/index.ts';
import { intune } from './intune/index.ts';
import { jamf } from './jamf/index.ts';
import { jira } from './jira/index.ts';
import { okta } from './okta/index.ts';

export const connectors: readonly SourceConnector[] = [
  defineConnector(okta),
  defineConnector(intune),
  defineConnector(jamf),
  defineConnector(elasticsearch),
  defineConnector(jira),
];
