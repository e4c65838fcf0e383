// Cases of device_days.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
