// Cases of fact_auth_event.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
