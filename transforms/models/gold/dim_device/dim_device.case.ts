// Cases of dim_device.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
