// What the tests use of pg-cursor, which brings no types.
declare module 'pg-cursor' {
  export default class Cursor {
    constructor(text: string, values?: readonly unknown[]);
    read(rows: number): Promise<Record<string, unknown>[]>;
    close(): Promise<void>;
    submit(connection: unknown): void;
  }
}
