// One row per version of a record of a Jamf computer or mobile device.
import { tableMeta } from '../../../table-meta.ts';
import { observationColumns } from '../../observation-columns.ts';

export const jamfObservations = tableMeta({
  name: 'jamf_observations',
  grain: 'One row per version of a record of a Jamf computer or mobile device.',
  about: 'Versions as they were observed, with a three-valued verdict.',
  key: ['record_id', 'observed_at'],
  columns: observationColumns,
});
