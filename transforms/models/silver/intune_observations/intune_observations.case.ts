// Cases of intune_observations.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
