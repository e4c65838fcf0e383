// One complete listing of a Jamf inventory: page and page-size from 0, by the newest version of the endpoint that the server has.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import type { StreamPage } from '../contract.ts';
import { stableListing } from '../stable-listing.ts';
import { pageOf, readJson, type VendorAnswer } from '../vendor-call.ts';
import type { JamfClient } from './client.ts';

interface Inventory {
  readonly stream: string;
  /** Newest version first; an older server answers 404 to the newer ones. */
  readonly paths: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly pageSize: number;
  /** Field of a record with its id, which is text or a number. */
  readonly id: string;
}

const inventoryPage = z.looseObject({ totalCount: z.number(), results: z.array(z.record(z.string(), z.unknown())) });

/** Yields every page of the inventory; see stableListing for what happens when it changes meanwhile. */
export function listing(client: JamfClient, inventory: Inventory): AsyncGenerator<StreamPage> {
  let paths = inventory.paths;
  const ask = async (query: string): Promise<VendorAnswer> => {
    for (const path of paths) {
      const answer = await client.get(`${path}?${query}`, [404]);
      if (answer.status === 404) continue;
      paths = [path];
      return answer;
    }
    throw new Fault('VENDOR_REFUSED', { source: 'jamf', status: 404, request: `GET ${paths.join(', ')}` });
  };
  return stableListing('jamf', inventory.stream, async (_offset, index) => {
    const query = [...inventory.query, ['page', String(index)], ['page-size', String(inventory.pageSize)]] as const;
    const answer = await ask(new URLSearchParams(query.map(([name, value]) => [name, value])).toString());
    const { totalCount, results } = readJson('jamf', inventoryPage, answer);
    return {
      page: { ...pageOf(answer, results.length), cursor: null },
      ids: results.map((record) => idOf(record[inventory.id] ?? record.id)),
      total: totalCount,
      last: (index + 1) * inventory.pageSize >= totalCount,
    };
  });
}

const idOf = (id: unknown): string | undefined => (id === undefined || id === null ? undefined : String(id));
