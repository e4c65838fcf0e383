// Projects: what is public, in this order.
import { subjectOn } from '../define.ts';
import { projectMetrics } from './metrics.ts';

export const projects = subjectOn({
  view: 'projects',
  table: 'dim_project',
  title: 'Projects',
  about: 'One row per Jira project ever seen, as of the release.',
  metrics: projectMetrics,
  metricClass: 'internal',
  dimensions: ['project_key', 'project_name', 'project_type', 'visibility'],
  identity: ['project_key'],
  rollups: {},
});
