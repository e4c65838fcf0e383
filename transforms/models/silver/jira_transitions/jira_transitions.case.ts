// Cases of jira_transitions.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
