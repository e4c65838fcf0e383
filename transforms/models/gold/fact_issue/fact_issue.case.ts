// Cases of fact_issue.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
