// One object of one run, day by day: counts, reasons, and the checksums of what should be there and of what is.
import { SortableTable } from '../detail/sortable-table.tsx';
import { countOf } from '../format/number.ts';
import { Answered } from './operations-frame.tsx';
import { type Hop, hops, hopTitles, parseObjectLines, sayDifferences, sayReason } from './reconciliation.ts';
import { usePlatform } from './use-platform.ts';

export function ObjectLines({ run, object, close }: { run: string; object: string; close: () => void }) {
  const asking = usePlatform(`/reconciliation?${new URLSearchParams({ run, object })}`, parseObjectLines);
  return (
    <section aria-labelledby="lines-title" data-object={object}>
      <div className="card-head">
        <h2 id="lines-title">{object}, day by day</h2>
        <button type="button" className="button small" onClick={close}>
          Close
        </button>
      </div>
      <Answered what="The lines" asking={asking}>
        {({ count, lines }) => (
          <SortableTable
            caption={
              lines.length < count
                ? `The first ${lines.length} of ${countOf(count, 'line', 'lines')}`
                : countOf(count, 'line', 'lines')
            }
            fileName={`reconciliation-${run}-${object}.csv`}
            columns={[
              { title: 'Day' },
              { title: 'Hop' },
              { title: 'From', unit: 'count' },
              { title: 'To', unit: 'count' },
              { title: 'Unexplained', unit: 'count' },
              { title: 'Why they differ', none: '–' },
              { title: 'Checksum expected' },
              { title: 'Checksum found' },
            ]}
            rows={lines.map((line) => {
              const { hop, date, from, to, unexplained, expected, found } = line;
              const why = sayDifferences(line);
              return {
                key: `${hop} ${date}`,
                cells: [date, titleOf(hop), from, to, unexplained, why || null, expected, found],
                shown: { 5: why === '' ? undefined : sayReason(why) },
              };
            })}
          />
        )}
      </Answered>
    </section>
  );
}

const isHop = (hop: string): hop is Hop => hops.some((known) => known === hop);
const titleOf = (hop: string) => (isHop(hop) ? hopTitles[hop].join(' → ') : hop);
