// Device states that came before their device: nobody has to do anything, each goes by itself when the device is listed.
import { SortableTable } from '../detail/sortable-table.tsx';
import { countOf } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import type { Parked } from './quarantine.ts';

export function ParkedStates({ parked: { count, states } }: { readonly parked: Parked }) {
  const { timeZone } = useTenant();
  const all = countOf(count, 'device state', 'device states');
  return (
    <section className="card" aria-labelledby="parked-title" data-parked={count}>
      <h2 id="parked-title">Waiting for a device</h2>
      {count === 0 ? (
        <EmptyPart words="Every device state has its device." />
      ) : (
        <SortableTable
          caption={states.length < count ? `The first ${states.length} of ${all}` : all}
          fileName="parked.csv"
          columns={[{ title: 'State' }, { title: 'Device', none: 'unknown' }, { title: 'Since' }]}
          rows={states.map(({ id, device, since }) => ({
            key: id,
            cells: [id, device, since],
            shown: { 2: formatInstant(since, timeZone) },
          }))}
        />
      )}
    </section>
  );
}
