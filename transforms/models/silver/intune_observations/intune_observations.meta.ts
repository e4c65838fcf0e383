// One row per version of a record of an Intune device.
import { tableMeta } from '../../../table-meta.ts';
import { observationColumns } from '../../observation-columns.ts';

export const intuneObservations = tableMeta({
  name: 'intune_observations',
  grain: 'One row per version of a record of an Intune device.',
  about: 'Versions as they were observed, with a three-valued verdict.',
  key: ['record_id', 'observed_at'],
  columns: observationColumns,
});
