// A table that sorts by any column and leaves as CSV, by keyboard as well as by pointer.
import { type ReactNode, useId, useState } from 'react';
import { formatNumber, type Unit } from '../format/number.ts';
import { type Cell, toCsv } from './csv.ts';

export interface Column {
  readonly title: string;
  /** Undefined for text. */
  readonly unit?: Unit;
  /** What stands for a cell without a value. */
  readonly none?: string;
}
export interface TableRow {
  readonly key: string;
  readonly cells: readonly Cell[];
  /** How the first cell is shown, where plain text is not enough. */
  readonly first?: ReactNode;
  /** How other cells are shown, by their column. */
  readonly shown?: Readonly<Record<number, ReactNode>>;
}
interface Props {
  readonly caption: string;
  readonly fileName: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}
interface Sorting {
  readonly column: number;
  readonly isDown: boolean;
}

/** Nothing sorts last in both directions; text as people sort it. */
function compare(a: Cell, b: Cell, isDown: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), 'en', { numeric: true });
  return isDown ? -order : order;
}

const show = (cell: Cell, unit: Unit | undefined, none = 'Not set'): string =>
  unit ? formatNumber(typeof cell === 'number' ? cell : null, unit) : String(cell ?? none);

export function SortableTable({ caption, fileName, columns, rows }: Props) {
  const [sorting, setSorting] = useState<Sorting>();
  const id = useId();
  const sorted = sorting
    ? rows.toSorted((a, b) => compare(a.cells[sorting.column] ?? null, b.cells[sorting.column] ?? null, sorting.isDown))
    : rows;
  const sortBy = (column: number) =>
    setSorting((now) =>
      now?.column === column
        ? { column, isDown: !now.isDown }
        : { column, isDown: columns[column]?.unit !== undefined },
    );
  const csv = () =>
    toCsv(
      columns.map(({ title }) => title),
      sorted.map(({ cells }) => cells),
    );
  return (
    <div className="table-block">
      <div className="table-head">
        <h3 id={id}>{caption}</h3>
        <CsvButtons csv={csv} fileName={fileName} />
      </div>
      {/* The buttons in its head make the scrolling region reachable by keyboard. */}
      <section className="table-scroll" aria-labelledby={id}>
        <table>
          <thead>
            <tr>
              {columns.map(({ title, unit }, column) => (
                <th
                  key={title}
                  scope="col"
                  className={unit && 'is-number'}
                  aria-sort={sorting?.column === column ? (sorting.isDown ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={() => sortBy(column)}>
                    {title}
                    <span aria-hidden="true">{sorting?.column === column ? (sorting.isDown ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ key, cells, first, shown }) => (
              <tr key={key}>
                <th scope="row">{first ?? show(cells[0] ?? null, columns[0]?.unit, columns[0]?.none)}</th>
                {columns.slice(1).map(({ title, unit, none }, index) => (
                  <td key={title} className={unit && 'is-number'}>
                    {shown?.[index + 1] ?? show(cells[index + 1] ?? null, unit, none)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function CsvButtons({ csv, fileName }: { readonly csv: () => string; readonly fileName: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(csv());
      setSaid('Copied');
    } catch {
      setSaid('The browser did not allow it; download instead');
    }
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob([csv()], { type: 'text/csv;charset=utf-8' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className="csv-buttons">
      <span role="status">{said}</span>
      <button type="button" className="button small" onClick={copy}>
        Copy CSV
      </button>
      <button type="button" className="button small" onClick={download}>
        Download
      </button>
    </div>
  );
}
