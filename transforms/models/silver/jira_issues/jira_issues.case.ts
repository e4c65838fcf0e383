// Cases of jira_issues.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
