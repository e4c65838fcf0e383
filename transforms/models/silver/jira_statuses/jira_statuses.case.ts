// Cases of jira_statuses.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
