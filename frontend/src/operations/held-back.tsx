// What holds releases back: rows without a reason, by object and day, and records in quarantine, which hold nothing back but wait.
import { Link } from 'react-router';
import { SortableTable } from '../detail/sortable-table.tsx';
import { countOf } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { useSourceTitle } from './operations-frame.tsx';
import type { Reconciliation } from './reconciliation.ts';

/** As the ledger names what is wrong with a place. */
const problems: Readonly<Record<string, string>> = {
  lost: 'Rows are missing',
  doubled: 'Rows came twice',
  changed: 'As many rows, not the same',
};

export function HeldBack({ ledger }: { readonly ledger: Reconciliation }) {
  const { tenant, timeZone } = useTenant();
  const titleOf = useSourceTitle();
  const { open, waiting } = ledger;
  return (
    <>
      {open && (
        <section className="card is-alarm" aria-labelledby="held-title">
          <h2 id="held-title" className="for-readers">
            What holds releases back
          </h2>
          <p role="status">
            <strong>Releases are held back since {formatInstant(open.since, timeZone)}.</strong> Run {open.run} found{' '}
            {countOf(open.lines.length, 'place', 'places')} where rows have no reason; the last good release stays
            served.
          </p>
          <SortableTable
            caption="Rows without a reason"
            fileName="unexplained.csv"
            columns={[
              { title: 'Object' },
              { title: 'Source' },
              { title: 'Hop' },
              { title: 'Day' },
              { title: 'From', unit: 'count' },
              { title: 'To', unit: 'count' },
              { title: 'Unexplained', unit: 'count' },
              { title: 'Problem' },
            ]}
            rows={open.lines.map((line) => ({
              key: `${line.hop} ${line.source} ${line.object} ${line.date}`,
              cells: [
                ...[line.object, titleOf(line.source), line.hop, line.date, line.from, line.to, line.unexplained],
                problems[line.problem] ?? line.problem,
              ],
            }))}
          />
        </section>
      )}
      {waiting.length > 0 && (
        <p className="notice" role="status">
          {waiting
            .map(
              ({ source, stream, quarantined }) =>
                `${countOf(quarantined, 'record', 'records')} of ${titleOf(source)} ${stream}`,
            )
            .join(', ')}{' '}
          could not be taken. <Link to={`/t/${tenant}/quarantine`}>To the quarantine</Link>
        </p>
      )}
    </>
  );
}
