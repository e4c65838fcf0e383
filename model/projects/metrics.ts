// What is measured of projects.
import { metricsOn } from '../define.ts';

export const projectMetrics = metricsOn('dim_project', {
  project_count: {
    title: 'Projects',
    about: 'Jira projects ever seen, archived ones and those no longer listed included.',
    count: true,
  },
});
