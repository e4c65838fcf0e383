// Cases of fact_auth_attempt.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
