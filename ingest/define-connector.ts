// Joins a connector's declaration to its client, so that the runner can hold connectors of different vendors in one list.
import { type Clock, Fault } from '@tessera/base';
import type { Connector, PageContext, StreamDefinition, StreamPage, Web } from './contract.ts';

export type StreamFacts = Omit<StreamDefinition<never>, 'pages' | 'window'>;
/** A stream with its client inside. */
export interface OpenStream extends StreamFacts {
  pages(context: Omit<PageContext<never>, 'client'>): AsyncIterable<StreamPage>;
  window?(span: { readonly from: Date; readonly to: Date }): AsyncIterable<Omit<StreamPage, 'cursor'>>;
}
export interface SourceConnector extends Omit<Connector<never, never>, 'settings' | 'connect' | 'streams'> {
  readonly streams: readonly StreamFacts[];
  /** Names of the settings, secrets included. */
  readonly settingNames: readonly string[];
  /** Throws SOURCE_SETTINGS_INVALID, which names the place and never the value. Asks nobody: it may run at start. */
  check(settings: unknown): void;
  /** Checks the settings and connects. */
  open(
    settings: unknown,
    needs: { readonly web: Web; readonly now: Clock; readonly sleep: (ms: number) => Promise<void> },
  ): Promise<readonly OpenStream[]>;
}

/** One connector for the list of all. */
export function defineConnector<S, Client>(connector: Connector<S, Client>): SourceConnector {
  const { settings: schema, connect, streams, ...facts } = connector;
  const parse = (settings: unknown): S => {
    const parsed = schema.safeParse(settings);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new Fault('SOURCE_SETTINGS_INVALID', {
      source: connector.source,
      at: issue?.path.join('.') || 'the top',
      // Says what was expected, or which key is not known; zod repeats no value.
      problem: issue?.message ?? 'not valid',
    });
  };
  return {
    ...facts,
    streams: streams.map(({ pages: _pages, window: _window, ...stream }) => stream),
    settingNames: 'shape' in schema ? Object.keys(schema.shape as object) : [],
    check: (settings) => void parse(settings),
    async open(settings, needs) {
      const client = await connect({ settings: parse(settings), ...needs });
      return streams.map(({ pages, window, ...stream }) => ({
        ...stream,
        pages: (context: Omit<PageContext<never>, 'client'>) => pages({ ...context, client }),
        ...(window && { window: (span: { readonly from: Date; readonly to: Date }) => window({ ...span, client }) }),
      }));
    },
  };
}
