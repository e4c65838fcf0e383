// Cases of fact_device_state.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
