// Cases of dim_user.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
