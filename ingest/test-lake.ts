// A lake for tests: a folder and an engine of this machine that end with the test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, fixedClock, must, parseTenant, type SourceName, type TesseraEvent } from '@tessera/base';
import { createEngine, createFolderStore, type Engine, openTenantLake, type TenantLake } from '@tessera/lakehouse';
import { bronzeTable } from './bronze-table.ts';
import type { StreamFacts } from './define-connector.ts';
import type { SourceNeeds } from './sync-source.ts';
import type { SyncNeeds } from './sync-stream.ts';

export interface TestLake {
  /** Everything that is stored. */
  readonly folder: string;
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly events: TesseraEvent[];
  /** Milliseconds that were slept. */
  readonly slept: number[];
  readonly now: Clock & { set(next: string | Date): void };
  /** What a run needs, under this run's name. */
  needs(source: SourceName, run: string): SyncNeeds & SourceNeeds;
  /** Rows of a stream's bronze table; `select` over `bronze`. */
  rows(source: SourceName, stream: StreamFacts, select?: string): Promise<readonly Record<string, unknown>[]>;
}

/** Opens it empty, its clock at the given instant. */
export async function testLake(t: TestContext, at = '2026-01-01T00:00:00Z'): Promise<TestLake> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-ingest-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  t.after(() => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const now = fixedClock(at);
  const lake = openTenantLake(
    createFolderStore(path.join(folder, 'lake')),
    engine,
    must(parseTenant('acme-corp')),
    now,
  );
  const events: TesseraEvent[] = [];
  const slept: number[] = [];
  return {
    folder,
    lake,
    engine,
    events,
    slept,
    now,
    needs: (source, run) => ({
      lake,
      engine,
      source,
      orgId: 'acme-corp-hq',
      owner: undefined,
      ownerOf: () => undefined,
      run,
      now,
      sleep: async (ms) => void slept.push(ms),
      observe: (event) => void events.push(event),
      random: () => 0.5,
    }),
    async rows(source, stream, select = 'select * from bronze order by _key, ingest_at, _page') {
      const { sql } = await bronzeTable(lake, source, stream).scan();
      return engine.query(`with bronze as (${sql}) ${select}`);
    },
  };
}
