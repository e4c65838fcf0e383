// What the two threads say to each other.

/** What the thread is started with: all that the SQL of a question depends on, besides the question. */
export interface WriterData {
  readonly files: readonly { readonly fileName: string; readonly content: string }[];
  readonly dialect: DialectModule;
  /** Plain options of Cube's compiler, the same as those of the thread that asks. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}
/** Where a class of Cube's dialect is found: a class cannot be handed to another thread. */
export interface DialectModule {
  /** URL of a module. */
  readonly module: string;
  /** Name of its export. */
  readonly name: string;
}
export interface Question {
  readonly query: never;
  readonly options: object;
}
/** One at a time: an answer belongs to the question before it. */
export interface Told {
  readonly ready?: true;
  /** Missing where it could not be written there. */
  readonly written?: unknown;
}
