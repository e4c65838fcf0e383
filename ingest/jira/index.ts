// Jira Cloud.
import type { Connector } from '../contract.ts';
import { changelogs } from './changelogs.ts';
import { connectJira, type JiraClient } from './client.ts';
import { issueIds } from './issue-ids.ts';
import { issues } from './issues.ts';
import { projects } from './projects.ts';
import { type JiraSettings, jiraSettings } from './settings.ts';
import { statuses } from './statuses.ts';
import { users } from './users.ts';

export const jira: Connector<JiraSettings, JiraClient> = {
  source: 'jira',
  title: 'Jira Cloud',
  settings: jiraSettings,
  secrets: ['apiToken'],
  auth: 'Basic: e-mail and API token of an account',
  scopes: ['read:jira-work', 'read:jira-user', 'global permission Browse users and groups'],
  limits:
    'Bursts per second and endpoint, hourly quota of points for OAuth apps; 429 with Retry-After (seconds) or X-RateLimit-Reset (an instant, to the minute).',
  docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/',
  connect: connectJira,
  woken: ['issues', 'changelogs'],
  // Issues first: changelogs are read for the issues that changed. The census is last, so that an issue created meanwhile is never counted as gone.
  streams: [statuses, projects, users, issues, changelogs, issueIds],
};
