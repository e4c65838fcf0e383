// Cases of dim_tenant.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
