// The semantic layer for doors inside the process (SQL): rights, views, questions and plans, by the same path as REST.
import { asFault, Fault, type Tenant } from '@tessera/base';
import {
  type Access,
  type Action,
  type Audit,
  type DecideRights,
  maxRows,
  type Query,
  type Rights,
} from '@tessera/security';
import { type Caller, callContext, type Origin } from './caller.ts';
import type { GatedGateway } from './gateway.ts';
import { askInProcess } from './in-process.ts';
import { noteDecision } from './note-decision.ts';
import type { RunningQueries } from './running-queries.ts';
import { type AnswerPart, type StreamNeeds, streamRows } from './stream-rows.ts';

/** A view as the model describes it; what of it is told depends on the rights. */
export interface DescribedView {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly columns: readonly DescribedColumn[];
  readonly primaryKey: readonly string[];
  readonly rowCount?: string | undefined;
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly view: string;
    readonly references: readonly string[];
  }[];
}
export interface DescribedColumn {
  readonly name: string;
  readonly kind: 'measure' | 'dimension';
  readonly type: 'text' | 'int8' | 'float8' | 'bool' | 'timestamp' | 'date';
  readonly title: string;
  readonly about: string;
  readonly additive?: 'sum';
  readonly aggregate?: 'count' | 'count_distinct' | 'sum' | 'number';
  readonly masked?: boolean;
}

export interface ColumnarAnswer {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
  readonly release: number;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Rows without aggregation; needs the action `rows.raw`. */
  readonly ungrouped?: boolean;
  /** The address of the caller's connection, for the audit trail. */
  readonly from?: string;
}

export interface StreamOptions extends AskOptions {
  /** More rows than these are refused. */
  readonly most: number;
  /** Rows after which no more are wanted; undefined: all are. */
  readonly enough?: number | undefined;
}

export interface AskLayer {
  rights(access: Access): Rights;
  views(rights: Rights): readonly DescribedView[];
  ask(access: Access, query: Query, options?: AskOptions): Promise<ColumnarAnswer>;
  /**
   * The same in parts, for answers that nobody should hold whole; the query says no limit. ANSWER_CUT where there are more rows than `most`.
   * A place among the questions is taken until the last part is given, so whoever asks takes them as fast as he can.
   */
  stream(access: Access, query: Query, options: StreamOptions): AsyncIterable<AnswerPart>;
  explain(
    access: Access,
    query: Query,
    options?: Pick<AskOptions, 'signal' | 'from'>,
  ): Promise<{ readonly sql: string; readonly rollup: string | undefined }>;
  version(access: Access): string;
}

export interface AskNeeds {
  readonly gateway: GatedGateway;
  readonly decideRights: DecideRights;
  readonly recognise: (access: Access, origin: Origin, more?: Partial<Caller>) => Caller;
  readonly running: RunningQueries;
  readonly audit: Pick<Audit, 'note'>;
  readonly observe: StreamNeeds['observe'];
  readonly driverFor: (tenant: Tenant, release: number) => StreamNeeds['driver'];
  readonly described: readonly DescribedView[];
  readonly modelHash: string;
  readonly releaseOf: (tenant: Tenant) => number | undefined;
}

export function createAskLayer(needs: AskNeeds): AskLayer {
  const { gateway, decideRights, recognise, running, audit, observe, described, modelHash, releaseOf } = needs;
  const views = rememberById((rights) => visibleViews(described, rights));
  const origin = (request: string, from?: string): Origin => ({ door: 'sql', request, from });

  /** Of one row there is no share and no distinct count: the engine would fail on it, or tell another number. What the caller may not see is left to the gate. */
  const refuseAggregating = ({ measures = [] }: Query, rights: Rights): void => {
    const aggregates = (measure: string) =>
      views(rights).some(({ name, columns }) =>
        columns.some(
          (column) =>
            `${name}.${column.name}` === measure && column.kind === 'measure' && column.additive === undefined,
        ),
      );
    const measure = measures.find(aggregates);
    if (measure === undefined) return;
    const problem = `${measure} is computed over a group; rows are asked for without it`;
    throw new Fault('QUERY_INVALID', { at: 'measures', problem });
  };
  const known = (access: Access, from: Origin, more: Partial<Caller>, query?: Query): Caller => {
    try {
      const caller = recognise(access, from, more);
      if (more.ungrouped) demand(caller.rights, 'rows.raw');
      if (more.ungrouped && query) refuseAggregating(query, caller.rights);
      return caller;
    } catch (error) {
      noteDecision(audit, { ...from, access }, { action: 'query', fault: asFault(error) });
      throw error;
    }
  };

  return {
    rights: decideRights,
    views,
    async ask(access, query, { signal, ungrouped = false, from } = {}) {
      const first = known(access, origin(crypto.randomUUID(), from), { rowCap: maxRows, ungrouped }, query);
      const own = running.begin(access, first.context, { query, ungrouped });
      const caller = { ...first, request: own.request };
      const stop = AbortSignal.any([own.signal, ...(signal ? [signal] : [])]);
      try {
        const answer = await askInProcess(gateway, caller, { query }, stop);
        const [result] = answer.getResults();
        if (!result) throw new Fault('INTERNAL', {});
        const { members, columns } = result.getColumns();
        return { columns: members, values: columns, rows: result.rows.length, release: caller.context.release };
      } finally {
        own.end(stop.aborted ? 'left' : 'answered');
      }
    },
    async *stream(access, query, { signal, ungrouped = false, from, most, enough }) {
      const first = known(access, origin(crypto.randomUUID(), from), { ungrouped }, query);
      const own = running.begin(access, first.context, { query, ungrouped, most, enough });
      // The engine is asked for one row more than may be given, or for what is enough.
      const rowCap = Math.min(most, (enough ?? most + 1) - 1);
      const caller = { ...first, request: own.request, rowCap, mostRows: most };
      const stop = AbortSignal.any([own.signal, ...(signal ? [signal] : [])]);
      const driver = needs.driverFor(access.tenant, caller.context.release);
      try {
        yield* streamRows({ gateway, audit, observe, driver }, caller, query, stop);
      } finally {
        own.end(stop.aborted ? 'left' : 'answered');
      }
    },
    explain: async (access, query, { from } = {}) =>
      gateway.explain(callContext(known(access, origin(crypto.randomUUID(), from), { rowCap: maxRows })), query),
    version: (access) => `${modelHash}-${decideRights(access).id}-${releaseOf(access.tenant) ?? 'none'}`,
  };
}

/** ACTION_DENIED where the rights do not have the action. */
export function demand({ actions }: Rights, action: Action): void {
  if (!actions.has(action)) throw new Fault('ACTION_DENIED', { action, rule: 'default-deny' });
}

function visibleViews(described: readonly DescribedView[], { members, masked }: Rights): readonly DescribedView[] {
  const isVisible = (view: string, name: string) =>
    members.measures.has(`${view}.${name}`) || members.dimensions.has(`${view}.${name}`);
  // A masked column tells rows apart no better than its token, and tools would join by it.
  const isKey = (view: string) => (name: string) => isVisible(view, name) && !masked.has(`${view}.${name}`);
  return described
    .map((view) => ({
      ...view,
      columns: view.columns
        .filter(({ name }) => isVisible(view.name, name))
        .map((column) => (masked.has(`${view.name}.${column.name}`) ? { ...column, masked: true } : column)),
      primaryKey: view.primaryKey.every(isKey(view.name)) ? view.primaryKey : [],
      rowCount: view.rowCount !== undefined && isVisible(view.name, view.rowCount) ? view.rowCount : undefined,
      foreignKeys: view.foreignKeys.filter(
        (key) => key.columns.every(isKey(view.name)) && key.references.every(isKey(key.view)),
      ),
    }))
    .filter((view) => view.columns.length > 0);
}

const maxRemembered = 200;
function rememberById<T>(make: (rights: Rights) => T): (rights: Rights) => T {
  const made = new Map<string, T>();
  return (rights) => {
    const found = made.get(rights.id) ?? make(rights);
    made.delete(rights.id);
    made.set(rights.id, found);
    for (const oldest of made.keys()) {
      if (made.size <= maxRemembered) break;
      made.delete(oldest);
    }
    return found;
  };
}
