// Cases of fact_issue_transition.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
