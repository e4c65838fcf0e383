// Cases of fact_user_state.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
