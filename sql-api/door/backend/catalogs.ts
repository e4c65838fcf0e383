// In charge of one database a (tenant, rights): made when first asked for, shared by the sessions of those rights, dropped when long unused.
import { createHash, randomBytes } from 'node:crypto';
import type { Rights } from '@tessera/security';
import type { SemanticView } from '../contract.ts';
import { type Admin, connectAdmin, identifier } from './admin.ts';
import { catalogSql } from './catalog-sql.ts';
import type { Cluster } from './cluster.ts';
import { templateSql } from './template-sql.ts';

export interface Catalog {
  readonly socket: string;
  /** Both are opaque: no name in the whole server tells of a tenant. */
  readonly database: string;
  readonly role: string;
  release(): void;
}

export interface Catalogs {
  /** Holds the catalog until it is released. SQL_BACKEND_FAILED where PostgreSQL cannot make it. */
  open(tenant: string, rights: Rights, views: readonly SemanticView[]): Promise<Catalog>;
  close(): void;
}

interface Entry {
  readonly made: Promise<{ readonly socket: string; readonly database: string; readonly role: string }>;
  users: number;
  usedAt: number;
}

const templateDatabase = 'door_template';

export function createCatalogs(cluster: Cluster, { keep = 32 }: { readonly keep?: number } = {}): Catalogs {
  const entries = new Map<string, Entry>();
  let template: Promise<{ readonly socket: string; readonly admin: Admin }> | undefined;
  let order: Promise<unknown> = Promise.resolve();
  let used = 0;
  cluster.onGone(() => {
    entries.clear();
    template = undefined;
  });

  /** One after the other: PostgreSQL copies a template only while nobody else does. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = order.then(work, work);
    order = turn.catch(() => {});
    return turn;
  }

  async function makeTemplate() {
    const socket = await cluster.start();
    const admin = await connectAdmin(socket, 'postgres');
    await admin.run(`create database ${templateDatabase}`);
    const inside = await connectAdmin(socket, templateDatabase);
    await inside.run(templateSql);
    inside.close();
    await admin.run(`alter database ${templateDatabase} with is_template true allow_connections false`);
    await admin.run('revoke connect, temporary on database postgres, template1 from public');
    return { socket, admin };
  }

  async function make(tenant: string, views: readonly SemanticView[]) {
    template ??= makeTemplate().catch((error) => {
      template = undefined;
      throw error;
    });
    const { socket, admin } = await template;
    const name = randomBytes(8).toString('hex');
    const [database, role] = [`d_${name}`, `r_${name}`];
    await admin.run(`create role ${role} login nosuperuser noinherit nocreatedb nocreaterole noreplication`);
    await admin.run(`create database ${database} template ${templateDatabase} strategy file_copy`);
    await admin.run(
      `revoke all on database ${database} from public; grant connect, temporary on database ${database} to ${role}`,
    );
    const inside = await connectAdmin(socket, database);
    try {
      await inside.run(catalogSql(tenant, views));
    } finally {
      inside.close();
    }
    return { socket, database, role };
  }

  async function dropUnused(): Promise<void> {
    const unused = [...entries].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, entry] of unused.slice(0, Math.max(0, unused.length - keep))) {
      if (entry.users > 0 || entries.get(key) !== entry) continue;
      entries.delete(key);
      const { database, role } = await entry.made;
      const { admin } = (await template) ?? {};
      await admin?.run(`drop database ${identifier(database)} with (force)`);
      await admin?.run(`drop role ${identifier(role)}`);
    }
  }

  return {
    async open(tenant, rights, views) {
      const key = createHash('sha256')
        .update(JSON.stringify([tenant, rights.id, views]))
        .digest('base64url');
      let entry = entries.get(key);
      if (!entry) {
        entry = { made: inTurn(() => make(tenant, views)), users: 0, usedAt: 0 };
        entries.set(key, entry);
        entry.made.catch(() => entries.delete(key));
      }
      const held = entry;
      held.users += 1;
      try {
        const made = await held.made;
        let isHeld = true;
        return {
          ...made,
          release() {
            if (!isHeld) return;
            isHeld = false;
            held.users -= 1;
            used += 1;
            held.usedAt = used;
            if (entries.size > keep) void inTurn(dropUnused).catch(() => {});
          },
        };
      } catch (error) {
        held.users -= 1;
        throw error;
      }
    },
    close() {
      template?.then(
        ({ admin }) => admin.close(),
        () => {},
      );
    },
  };
}
