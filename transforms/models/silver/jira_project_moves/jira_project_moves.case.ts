// Cases of jira_project_moves.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
