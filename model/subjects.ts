// All subjects, in the order in which they are shown. A new folder is one line here.
import { authAttempts } from './auth-attempts/subject.ts';
import { authEvents } from './auth-events/subject.ts';
import { backlog } from './backlog/subject.ts';
import type { Subject } from './define.ts';
import { deviceStates } from './device-states/subject.ts';
import { devices } from './devices/subject.ts';
import { issueTransitions } from './issue-transitions/subject.ts';
import { issues } from './issues/subject.ts';
import { projects } from './projects/subject.ts';
import { userStates } from './user-states/subject.ts';
import { users } from './users/subject.ts';

export const subjects: readonly Subject[] = [
  users,
  userStates,
  devices,
  deviceStates,
  authAttempts,
  authEvents,
  issues,
  issueTransitions,
  backlog,
  projects,
];
