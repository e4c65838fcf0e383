// The source registry: what every connector asks for, how it reads, and what it keeps, as plain JSON for GET /api/v1/sources.
import type { SourceName } from '@tessera/base';
import { bronzeName } from '@tessera/lakehouse';
import { connectors } from './connectors.ts';
import type { StreamMode } from './contract.ts';
import { pathsOf } from './record-sql.ts';

export interface RegistryStream {
  readonly name: string;
  readonly about: string;
  readonly table: string;
  readonly mode: StreamMode;
  readonly endpoint: string;
  readonly pageSize: number;
  readonly cursor: string;
  readonly deletes: string;
  readonly retention: string;
  readonly primaryKey: readonly string[];
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly path: readonly string[];
    readonly required: boolean;
    readonly about: string;
  }[];
}
export interface RegistrySource {
  readonly source: SourceName;
  readonly title: string;
  readonly auth: string;
  readonly scopes: readonly string[];
  readonly limits: string;
  readonly docs: string;
  readonly settings: readonly { readonly name: string; readonly secret: boolean }[];
  readonly streams: readonly RegistryStream[];
}

/** All sources in the connectors' order; holds no tenant's setting. */
export function sourceRegistry(): readonly RegistrySource[] {
  return connectors.map(({ source, title, auth, scopes, limits, docs, settingNames, secrets, streams }) => ({
    source,
    title,
    auth,
    scopes,
    limits,
    docs,
    settings: settingNames.map((name) => ({ name, secret: secrets.includes(name) })),
    streams: streams.map((stream) => ({
      name: stream.name,
      about: stream.about,
      table: bronzeName(source, stream.name),
      mode: stream.mode,
      endpoint: stream.endpoint,
      pageSize: stream.pageSize,
      cursor: stream.cursorAbout,
      deletes: stream.deletes,
      retention: stream.retention,
      primaryKey: stream.primaryKey,
      columns: Object.entries(stream.columns).map(([name, column]) => ({
        name,
        type: column.type,
        path: pathsOf(column),
        required: column.required === true,
        about: column.about,
      })),
    })),
  }));
}
