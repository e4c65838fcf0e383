// Cases of dim_project.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
