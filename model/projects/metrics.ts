// What is measured of projects.
import { metricsOn } from '../define.ts';

export const projectMetrics = metricsOn('dim_project', {
  project_count: { title: 'Projects', about: 'Jira projects ever seen, archived and gone ones included.', count: true },
});
