// Cube's result wrappers: rows that behave like an array, and know how to finish themselves as JSON.
import { finishMany, finishOne, type MultiOptions } from './final-result.ts';
import type { RootResult, TransformData } from './query-result.ts';
import { type Rows, rowsToColumnar, type Table, tableToBuffer } from './table.ts';
import { transformTable } from './transform.ts';

class RowsResult {
  readonly isWrapper = true;
  readonly rows: Rows;
  private transform: TransformData | undefined;
  private root: RootResult | undefined;
  private columnar: Table | undefined;

  constructor(rows: Rows) {
    this.rows = rows;
  }
  /** The columns are made once; no JSON is written and read back on the way to the answer. */
  get table(): Table {
    this.columnar ??= rowsToColumnar(this.rows);
    return this.columnar;
  }
  setTransformData(transform: TransformData): void {
    this.transform = transform;
  }
  setRootResultObject(root: RootResult): void {
    this.root = root;
  }
  getRawData(): Buffer[] {
    return [tableToBuffer(this.table)];
  }
  getTransformData(): TransformData[] {
    return this.transform ? [this.transform] : [];
  }
  getRootResultObject(): RootResult[] {
    return this.root ? [this.root] : [];
  }
  getResults(): RowsResult[] {
    return [this];
  }
  /** Transform, rows and frame together; throws where the gateway did not set them. */
  get part(): { transform: TransformData; table: Table; root: RootResult } {
    if (!this.transform || !this.root) throw new Error('The result has no query attached to it yet');
    return { transform: this.transform, table: this.table, root: this.root };
  }
  /** The finished values column by column, for those who take them inside the process. */
  getColumns(): { members: readonly string[]; columns: readonly (readonly unknown[])[] } {
    const { transform, table } = this.part;
    const data = transformTable({ ...transform, resType: 'columnar' }, table);
    return 'columns' in data ? data : { members: [], columns: [] };
  }
  async getFinalResult(): Promise<Buffer> {
    const { transform, table, root } = this.part;
    return Buffer.from(JSON.stringify(finishOne(transform, table, root)));
  }
  /** The rows themselves: Cube compares and logs results by JSON.stringify. */
  toJSON(): Rows {
    return this.rows;
  }
}

/** Own names answer first; indexes, length, iterator and array methods are the rows'. */
const arrayLike: ProxyHandler<RowsResult> = {
  get(result, property) {
    const source = property in result && property !== 'toString' ? result : result.rows;
    const value: unknown = Reflect.get(source, property);
    return typeof value === 'function' ? value.bind(source) : value;
  },
  has: (result, property) => property in result || property in result.rows,
};

const isWrapper = (value: unknown): value is RowsResult =>
  typeof value === 'object' && value !== null && (value as { isWrapper?: unknown }).isWrapper === true;

/** `new ResultWrapper(rows)`; a result that is wrapped already is returned as it is, because Cube wraps cached results again. */
export const ResultWrapper = new Proxy(RowsResult, {
  construct: (_, [input]: [Rows | RowsResult]) =>
    isWrapper(input) ? input : new Proxy(new RowsResult(input), arrayLike),
});
export type ResultWrapper = RowsResult;

/** Several results of one request. */
export class ResultMultiWrapper {
  readonly isWrapper = true;
  readonly results: readonly ResultWrapper[];
  readonly options: MultiOptions;
  constructor(results: readonly ResultWrapper[], options: MultiOptions) {
    this.results = results;
    this.options = options;
  }
  getResults(): ResultWrapper[] {
    return [...this.results];
  }
  getRawData(): Buffer[] {
    return this.results.flatMap((result) => result.getRawData());
  }
  getTransformData(): TransformData[] {
    return this.results.flatMap((result) => result.getTransformData());
  }
  getRootResultObject(): RootResult[] {
    return this.results.flatMap((result) => result.getRootResultObject());
  }
  async getFinalResult(): Promise<Buffer> {
    const parts = this.results.map((result) => result.part);
    return Buffer.from(JSON.stringify(finishMany(parts, this.options)));
  }
}

/** Results for the SQL engine, which takes them apart itself. */
export class ResultArrayWrapper {
  readonly isWrapper = true;
  readonly results: readonly ResultWrapper[];
  constructor(results: readonly ResultWrapper[]) {
    this.results = results;
  }
  getResults(): ResultWrapper[] {
    return [...this.results];
  }
  getRawData(): Buffer[][] {
    return this.results.map((result) => result.getRawData());
  }
  getTransformData(): TransformData[][] {
    return this.results.map((result) => result.getTransformData());
  }
  getRootResultObject(): RootResult[][] {
    return this.results.map((result) => result.getRootResultObject());
  }
  async getFinalResult(): Promise<[TransformData[][], Buffer[][], RootResult[][]]> {
    return [this.getTransformData(), this.getRawData(), this.getRootResultObject()];
  }
}
