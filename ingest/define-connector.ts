// Joins a connector's declaration to its client, so that the runner can hold connectors of different vendors in one list.
import { type Clock, Fault } from '@tessera/base';
import type { Connector, PageContext, StreamDefinition, StreamPage, Web } from './contract.ts';

export type StreamFacts = Omit<StreamDefinition<never>, 'pages'>;
/** A stream with its client inside. */
export interface OpenStream extends StreamFacts {
  pages(context: Omit<PageContext<never>, 'client'>): AsyncIterable<StreamPage>;
}
export interface SourceConnector extends Omit<Connector<never, never>, 'settings' | 'connect' | 'streams'> {
  readonly streams: readonly StreamFacts[];
  /** Names of the settings, secrets included. */
  readonly settingNames: readonly string[];
  /** Parses the settings (SOURCE_SETTINGS_INVALID names the place, never the value) and connects. */
  open(
    settings: unknown,
    needs: { readonly web: Web; readonly now: Clock; readonly sleep: (ms: number) => Promise<void> },
  ): Promise<readonly OpenStream[]>;
}

/** One connector for the list of all. */
export function defineConnector<S, Client>(connector: Connector<S, Client>): SourceConnector {
  const { settings: schema, connect, streams, ...facts } = connector;
  return {
    ...facts,
    streams: streams.map(({ pages: _pages, ...stream }) => stream),
    settingNames: 'shape' in schema ? Object.keys(schema.shape as object) : [],
    async open(settings, needs) {
      const parsed = schema.safeParse(settings);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const at = issue?.path.join('.') || 'the top';
        throw new Fault('SOURCE_SETTINGS_INVALID', {
          source: connector.source,
          at,
          problem: issue?.code ?? 'not valid',
        });
      }
      const client = await connect({ settings: parsed.data, ...needs });
      return streams.map((stream) => ({
        ...stream,
        pages: (context: Omit<PageContext<never>, 'client'>) => stream.pages({ ...context, client }),
      }));
    },
  };
}
