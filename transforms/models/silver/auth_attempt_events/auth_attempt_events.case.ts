// Cases of auth_attempt_events.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
