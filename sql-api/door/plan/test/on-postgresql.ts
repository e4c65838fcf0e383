// A real PostgreSQL with the planner's functions, the raw rows, and no door: planned texts are run in it as the simple protocol would.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Admin, connectAdmin } from '../../backend/admin.ts';
import { createCluster } from '../../backend/cluster.ts';
import { columnsOf, literalArray } from '../../session/arrays.ts';
import { planSql } from '../plan-sql.ts';
import { plannerSchema } from '../schema-sql.ts';
import { lookups, lookupViews, rawLookupsSql } from './fixed-lookups.ts';
import { ask, rawTableSql, views as tableViews } from './fixed-table.ts';

const views = [...tableViews, ...lookupViews];

export type Rows = (string | null)[][];
export interface Postgres {
  /** Plans the text, asks the fixed table, runs the twin. */
  door(sql: string): Promise<Rows>;
  plain(sql: string): Promise<Rows>;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-plan-'));
  const cluster = createCluster({ folder, maxSessions: 4 });
  const admin: Admin = await connectAdmin(await cluster.start(), 'postgres');
  await admin.run(['create schema door', ...plannerSchema, rawTableSql, rawLookupsSql].join(';\n'));
  return {
    async door(sql) {
      const planned = planSql(sql, { views, maxRows: 50_000 });
      const probed = planned.probe === undefined ? [] : [...((await admin.run(planned.probe))[0] ?? [])];
      for (const { read, text } of planned.choices) {
        const [values = []] = columnsOf(ask(read.query([], []), lookups), read.columns);
        probed.push((await admin.run(text(literalArray(values, 'text', 'values'))))[0]?.[0] ?? null);
      }
      const answers = planned.reads.map((read) => {
        const question = read.query([], probed);
        return question.empty ? undefined : { ...ask(question, lookups), release: 1 };
      });
      const columns = planned.reads.map((read, i) => columnsOf(answers[i], read.columns));
      const { text } = planned.twin((read, column) =>
        literalArray(columns[read]![column]!, planned.reads[read]!.columns[column]!.type, 'rows'),
      );
      return admin.run(text);
    },
    plain: (sql) => admin.run(sql),
    async close() {
      admin.close();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
