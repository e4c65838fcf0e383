// Device states that wait for their device: how many, and which.

import { must } from '@tessera/base';
import { type Engine, parseTableName, type TenantLake } from '@tessera/lakehouse';

type Lake = Pick<TenantLake, 'table'>;
export interface ParkedState {
  /** Device and policy, as in bronze. */
  readonly id: string;
  readonly device: string | null;
  /** When the newest record of it came. */
  readonly since: string;
}

const name = must(parseTableName('parked_device_states'));
const columns = { state_id: 'VARCHAR', device_id: 'VARCHAR', ingest_at: 'TIMESTAMPTZ' };

/** As of the newest build; 0 before the first. */
export async function countParked(lake: Lake, engine: Pick<Engine, 'query'>): Promise<number> {
  const { sql } = await lake.table('silver', name, { columns }).scan();
  const [row] = await engine.query(`select count(*) as n from (${sql})`);
  return Number(row?.n);
}

/** Those that wait longest first, at most so many. */
export async function listParked(
  lake: Lake,
  engine: Pick<Engine, 'query'>,
  most = 1000,
): Promise<readonly ParkedState[]> {
  const { sql } = await lake.table('silver', name, { columns }).scan();
  const rows = await engine.query(`select * from (${sql}) order by ingest_at, state_id limit ${Math.trunc(most)}`);
  return rows.map(({ state_id, device_id, ingest_at }) => ({
    id: String(state_id),
    device: device_id === null ? null : String(device_id),
    since: String(ingest_at),
  }));
}
