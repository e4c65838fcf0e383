// Cases of device_records.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
