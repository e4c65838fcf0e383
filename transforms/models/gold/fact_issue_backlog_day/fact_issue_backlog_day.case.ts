// Cases of fact_issue_backlog_day.
import { modelCases } from '../../../cases/case.ts';

export const cases = modelCases({});
