// One tenant's world, from its people down to its last issue.
import { must, parseTenant } from '@tessera/base';
import type { Facts, PersonFact } from '../facts.ts';
import type { TenantWorld } from '../world.ts';
import { dayMs, zoneOf } from '../zone.ts';
import { accountEvents, logLength, machineEvents } from './account-events.ts';
import { attacks } from './attacks.ts';
import { makeDevices } from './devices.ts';
import { elasticDocuments } from './elastic-documents.ts';
import { entraUsers } from './entra-users.ts';
import { intuneDevices, intunePolicies } from './intune-records.ts';
import { makeIssues, makeProjects } from './issues.ts';
import { jamfRecords } from './jamf-records.ts';
import { jiraRecords } from './jira-records.ts';
import { oktaRecords } from './okta-records.ts';
import { makePeople } from './people.ts';
import type { Profile, Stage } from './profile.ts';
import { random } from './random.ts';
import { recorder } from './recorder.ts';
import { everydaySignIns, oddSignIns } from './sign-ins.ts';
import { statuses } from './workflow.ts';

export const historyDays = 180;

export function makeTenant(profile: Profile, seed: number, asOf: number): TenantWorld {
  const start = asOf - historyDays * dayMs;
  const zone = zoneOf(profile.timeZone, start - 100 * dayMs, asOf + 4 * dayMs);
  const stage: Stage = { profile, seed, asOf, start, zone };
  const persons = makePeople(stage);
  const logStart = asOf - logLength;
  const signIns = recorder(stage, random(seed, `${profile.tenant}|sign-ins`));
  machineEvents(stage, signIns, logStart, random(seed, `${profile.tenant}|machines`));
  accountEvents(stage, persons, signIns, logStart);
  everydaySignIns(stage, persons, signIns, logStart);
  oddSignIns(stage, persons, signIns, logStart);
  attacks(stage, persons, signIns, logStart);
  const elastic = elasticDocuments(stage, persons, logStart);
  const devices = makeDevices(stage, persons);
  const projects = makeProjects(stage);
  const issues = makeIssues(stage, persons, projects);
  const policies = intunePolicies(stage);
  const facts: Facts = {
    persons,
    logStart,
    attempts: signIns.attempts.concat(elastic.attempts),
    events: signIns.events.concat(elastic.events),
    devices,
    projects,
    statuses,
    issues,
  };
  return {
    tenant: must(parseTenant(profile.tenant)),
    displayName: profile.displayName,
    timeZone: profile.timeZone,
    orgId: `${profile.tenant}-hq`,
    people: whoMaySignIn(profile, persons),
    okta: { ...oktaRecords(stage, persons, signIns.lastLogin), log: signIns.log.done() },
    intune: { devices: intuneDevices(stage, devices, policies), policies, users: entraUsers(stage, persons) },
    jamf: jamfRecords(stage, devices),
    elasticsearch: { documents: elastic.documents },
    jira: jiraRecords(stage, persons, projects, issues),
    facts,
  };
}

/** One person a group of the policy pack, one who is cleared for less than the role gives, and a few of the invented staff as viewers. */
function whoMaySignIn(profile: Profile, persons: readonly PersonFact[]): TenantWorld['people'] {
  // What scopes compare is what the rows hold: the country of the head office, departments as Okta spells them.
  const home = profile.places[0]?.[0];
  const common = { org: `${profile.tenant}-hq`, ...(home ? { region: home.country } : {}) };
  const inGroup = (group: string, name: string, team: string, clearance: string) => ({
    email: `${group}@${profile.tenant}.example`,
    name,
    groups: [group],
    ...common,
    teams: [team],
    clearance,
  });
  const staff = persons.filter(({ okta }) => okta?.status === 'ACTIVE' && !okta.quiet).slice(0, 3);
  return [
    inGroup('admin', 'Avery Admin', 'Operations', 'pii'),
    inGroup('analyst', 'Alex Analyst', 'Operations', 'pii'),
    { ...inGroup('analyst', 'Indy Internal', 'Finance', 'internal'), email: `indy@${profile.tenant}.example` },
    inGroup('viewer', 'Vic Viewer', 'Support', 'confidential'),
    inGroup('steward', 'Sam Steward', 'Legal', 'pii'),
    inGroup('operator', 'Olu Operator', 'Operations', 'internal'),
    inGroup('platform-analyst', 'Pat Platform', 'Operations', 'internal'),
    inGroup('org-analyst', 'Oda Org', 'Operations', 'pii'),
    inGroup('team-viewer', 'Toni Team', 'Engineering', 'confidential'),
    inGroup('region-analyst', 'Rory Region', 'Operations', 'pii'),
    ...staff.map((one) => ({
      email: one.email,
      name: `${one.firstName} ${one.lastName}`,
      groups: ['viewer'],
      ...common,
      teams: ['Support'],
      clearance: 'confidential',
    })),
  ];
}
