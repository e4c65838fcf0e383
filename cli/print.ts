// How commands print: a table for people, JSON with --json.
import Table from 'cli-table3';

export type Cell = string | number | boolean | null;

export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Prints rows of one shape; the first row's keys are the columns. */
export function printRows(rows: readonly Readonly<Record<string, Cell>>[], asJson: boolean): void {
  if (asJson) {
    printJson(rows);
    return;
  }
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) {
    process.stderr.write('Nothing to show.\n');
    return;
  }
  const table = new Table({ head: columns, style: { head: [], border: [] } });
  table.push(...rows.map((row) => columns.map((column) => String(row[column] ?? ''))));
  process.stdout.write(`${table.toString()}\n`);
}
