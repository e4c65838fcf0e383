// Every fault of the house, one row a code, from a file a room. Codes are never reused; no parameter may hold a secret, a token or a row.
import { baseFaults } from './faults/base.ts';
import { demoFaults } from './faults/demo.ts';
import { ingestFaults } from './faults/ingest.ts';
import { lakehouseFaults } from './faults/lakehouse.ts';
import { modelFaults } from './faults/model.ts';
import { pipelineFaults } from './faults/pipeline.ts';
import { platformFaults } from './faults/platform.ts';
import { securityFaults } from './faults/security.ts';
import { sqlApiFaults } from './faults/sql-api.ts';
import { transformsFaults } from './faults/transforms.ts';

export const faults = {
  ...baseFaults,
  ...lakehouseFaults,
  ...ingestFaults,
  ...transformsFaults,
  ...pipelineFaults,
  ...securityFaults,
  ...sqlApiFaults,
  ...modelFaults,
  ...platformFaults,
  ...demoFaults,
} as const;
