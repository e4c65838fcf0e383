// What becomes of each recorded payload: rows in bronze by stream, or why none of it is asked for. A file without a line here fails the suite.

/** Rows by stream that the recording, and what it stands on, leave in bronze. */
export interface Lands {
  readonly rows: Readonly<Record<string, number>>;
  /** Recordings that its records belong to; their rows are counted, too. */
  readonly with?: readonly string[];
  /** Issues that its histories belong to, where no recording has them. */
  readonly issues?: readonly { readonly id: string; readonly key: string }[];
  readonly why?: string;
}
/** Nothing of it arrives, for this reason. */
export interface Left {
  readonly left: string;
}

const users = ['okta/users/users.ndjson'];
const refusal = 'a refusal holds no records';
const otherAnswer = 'the answer of an endpoint that we take no records from';
const classic = 'the Classic API, which we do not call';
const management = 'an answer about the cluster or its security, not a page of a search';
const notAuthentication = 'its documents are not of category authentication, which the search asks for';

export const payloadTable: Readonly<Record<string, Lands | Left>> = {
  'elasticsearch/rapid7_cluster_health.json': { left: management },
  'elasticsearch/rapid7_main_page.json': { left: management },
  'elasticsearch/rapid7_search_document.json': { left: notAuthentication },
  'elasticsearch/search_response_sorted_hits.json': { left: notAuthentication },
  'elasticsearch/vendor_examples/_global.close_point_in_time.ClosePointInTimeResponseExample1.json': {
    left: management,
  },
  'elasticsearch/vendor_examples/_global.count.CountResponseExample1.json': { left: management },
  'elasticsearch/vendor_examples/_global.field_caps.FieldCapabilitiesResponseExample2.json': { left: management },
  'elasticsearch/vendor_examples/_global.get.GetResponseExample1.json': { left: notAuthentication },
  'elasticsearch/vendor_examples/_global.get.GetResponseExample3.json': { left: 'a document without its source' },
  'elasticsearch/vendor_examples/_global.info.RootNodeInfoResponseExample1.json': { left: management },
  'elasticsearch/vendor_examples/_global.open_point_in_time.OpenPointInTimeResponseExample1.json': { left: management },
  'elasticsearch/vendor_examples/_global.search.SearchResponseExample1.json': { left: notAuthentication },
  'elasticsearch/vendor_examples/eql.search.EqlSearchResponseExample2.json': {
    left: 'hits of another query language, by sequences',
  },
  'elasticsearch/vendor_examples/indices.get_data_stream.indicesGetDataStreamResponseExample1.json': {
    left: management,
  },
  'elasticsearch/vendor_examples/security.authenticate.SecurityAuthenticateResponseExample1.json': { left: management },
  'elasticsearch/vendor_examples/security.authenticate.SecurityAuthenticateResponseExample2.json': { left: management },
  'elasticsearch/vendor_examples/security.create_api_key.SecurityCreateApiKeyResponseExample1.json': {
    left: management,
  },
  'elasticsearch/vendor_examples/security.get_api_key.SecurityGetApiKeyResponseExample1.json': { left: management },
  'elasticsearch/vendor_examples/security.has_privileges.SecurityHasPrivilegesResponseExample1.json': {
    left: management,
  },

  'intune/deviceCompliancePolicies_1.json': { rows: { compliance_policies: 2 } },
  'intune/deviceCompliancePolicies_2.json': { left: 'statuses by policy and user; we read the states of each device' },
  'intune/deviceCompliancePolicies_3.json': { left: 'statuses by policy and user; we read the states of each device' },
  'intune/entra_users.json': { rows: { users: 4 } },
  'intune/errors.json': { left: refusal },
  'intune/managedDevice_with_detectedApps_1.json': { rows: { managed_devices: 1 } },
  'intune/managedDevice_with_detectedApps_2.json': { rows: { managed_devices: 1 } },
  'intune/managedDevices_help_examples.ndjson': { rows: { managed_devices: 1 } },
  'intune/managedDevices_page_beta.json': { rows: { managed_devices: 2 } },
  'intune/managedDevices_page_v1.json': { rows: { managed_devices: 2 } },
  'intune/token_ok.json': { left: 'a token' },
  'intune/vendor_examples/doc_deviceComplianceDeviceStatus_list.json': {
    left: 'statuses by policy and user; we read the states of each device',
  },
  'intune/vendor_examples/doc_managedDevice_list_v1.json': { rows: { managed_devices: 1 } },

  'jamf/captured/auth_token_basic.json': { left: 'a token' },
  'jamf/captured/classic_computer_2.json': { left: classic },
  'jamf/captured/classic_computers_basic.json': { left: classic },
  'jamf/captured/classic_user_6.json': { left: classic },
  'jamf/captured/classic_users.json': { left: classic },
  'jamf/computer_inventory_detail_v3.json': { rows: { computers: 1 } },
  'jamf/computers_inventory_page.json': { rows: { computers: 1 } },
  'jamf/computers_inventory_synthetic_page.json': { rows: { computers: 2 } },
  'jamf/computers_inventory_v3_page.json': { rows: { computers: 2 } },
  'jamf/computers_inventory_v4_page.json': { rows: { computers: 2 } },
  'jamf/device_compliance_information_computer.json': { left: otherAnswer },
  'jamf/mobile_devices_detail_page.json': { rows: { mobile_devices: 1 }, why: 'both of its records have the id 1' },
  'jamf/mobile_devices_page.json': { left: 'the short listing; we read /mobile-devices/detail' },
  'jamf/users_page_v1.json': { left: otherAnswer },

  'jira/captured/cloud_401_myself.json': { left: refusal },
  'jira/captured/cloud_fields.json': { left: otherAnswer },
  'jira/captured/cloud_issue_transitions.json': { rows: { issues: 1, issue_ids: 1 } },
  'jira/captured/cloud_myself.json': { rows: { users: 1 } },
  'jira/captured/cloud_project_list.json': { rows: { projects: 2 } },
  'jira/captured/cloud_search_v3_bad_project.json': { left: refusal },
  'jira/captured/cloud_search_v3_page1.json': { rows: { issues: 5, issue_ids: 5 } },
  'jira/captured/cloud_search_v3_page2_empty.json': { left: 'an empty page' },
  'jira/captured/cloud_serverInfo.json': { left: otherAnswer },
  'jira/captured/cloud_users_search.json': { rows: { users: 12 } },
  'jira/changelog_pages.ndjson': {
    rows: { issues: 2, issue_ids: 2, changelogs: 4 },
    issues: [
      { id: '13383', key: 'EE-1' },
      { id: '13491', key: 'EE-2' },
    ],
    why: '4 of its 179 histories change status or project, and only such are asked for',
  },
  'jira/issues_server_links.ndjson': { rows: { issues: 15, issue_ids: 15 } },
  'jira/issues_with_changelog.ndjson': {
    rows: { issues: 22, issue_ids: 22, changelogs: 111 },
    why: '111 of its 354 histories change status or project',
  },
  'jira/projects.ndjson': { rows: { projects: 8 } },
  'jira/statuses.json': { rows: { statuses: 53 } },
  'jira/users.ndjson': { rows: { users: 20 } },
  'jira/vendor_examples/approximate_count.json': { left: otherAnswer },
  'jira/vendor_examples/field.json': { left: otherAnswer },
  'jira/vendor_examples/issue_changelog.json': {
    rows: { issues: 1, issue_ids: 1, changelogs: 0 },
    issues: [{ id: '1', key: 'TT-1' }],
    why: 'its histories change other fields',
  },
  'jira/vendor_examples/myself.json': { rows: { users: 1 } },
  'jira/vendor_examples/project_search.json': { rows: { projects: 2 } },
  'jira/vendor_examples/search_jql.json': {
    left: 'its issue has no time of creation or change, by which a search finds it',
  },
  'jira/vendor_examples/statuscategory.json': { left: otherAnswer },
  'jira/vendor_examples/users_search.json': { rows: { users: 2 } },

  'okta/devices/devices.json': { left: otherAnswer },
  'okta/exchanges/factors_404.json': { left: refusal },
  'okta/exchanges/factors_empty.json': { left: 'users without factors' },
  'okta/exchanges/rate_limited_429.json': { left: refusal },
  'okta/exchanges/system_log_polling.json': { rows: { log: 3 } },
  'okta/exchanges/users_list.json': { rows: { users: 7 } },
  'okta/factors/factor_question.json': { rows: { users: 14, factors: 1 }, with: users },
  'okta/factors/factors_totp_google.json': { rows: { users: 14, factors: 2 }, with: users },
  'okta/system_log/detection_rule_events.ndjson': {
    rows: { log: 15 },
    why: 'its authors gave 5 of its 20 events the uuid of another',
  },
  'okta/system_log/lifecycle_suspend_session_clear.ndjson': { rows: { log: 1 }, why: 'its 4 events have one uuid' },
  'okta/system_log/mfa_and_failure.ndjson': { rows: { log: 3 } },
  'okta/users/users.ndjson': { rows: { users: 14 } },
  'okta/vendor_examples/APIDevicesListAllResponse.json': { left: otherAnswer },
  'okta/vendor_examples/EnrollFactorOVPushResponse.json': { rows: { users: 14, factors: 1 }, with: users },
  'okta/vendor_examples/FactorEmail.json': { rows: { users: 14, factors: 1 }, with: users },
  'okta/vendor_examples/GetUserResponse.json': { left: 'a type of users, whatever its name says' },
  'okta/vendor_examples/ListFactorsResults.json': { rows: { users: 14, factors: 3 }, with: users },
  'okta/vendor_examples/ListLogs.json': { rows: { log: 1 } },
};
