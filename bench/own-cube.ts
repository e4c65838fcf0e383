// Cube in this process over a lake that is already served, with an eye on the SQL that it sends, so that the same SQL can be timed without it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { observeNothing, type Settings, systemClock } from '@tessera/base';
import { openLakes } from '@tessera/cli/open-lakes.ts';
import { audience, cliClientId, demoIssuerUrl, mintDemoToken } from '@tessera/demo';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { renderModel, subjects } from '@tessera/model';
import { createCube } from '@tessera/platform';
import { actions, createTokenVerifier } from '@tessera/security';
import express from 'express';
import { createLocalJWKSet } from 'jose';
import { benchTenant } from './bench-lake.ts';
import { openServing } from './vendors-process.ts';

export interface Statement {
  readonly sql: string;
  readonly values: unknown[];
}
export interface OwnCube {
  readonly url: string;
  readonly token: string;
  readonly release: number;
  /** Statements that Cube has sent since the last call. */
  sentSince(): readonly Statement[];
  /** The same statement straight to the tenant's engine. */
  direct(statement: Statement): Promise<unknown>;
  close(): Promise<void>;
}

/** The home must have been loaded and released by a server that has ended. */
export async function openOwnCube(settings: Settings, jwks: Parameters<typeof createLocalJWKSet>[0]): Promise<OwnCube> {
  const lakes = await openLakes(settings);
  const serving = openServing(settings.home);
  const lake = lakes.openLake(benchTenant);
  const release = await lake.releases.latest();
  if (release === undefined) throw new Error('the tenant has no release');
  await serving.build(lake, release);
  let sent: Statement[] = [];
  const keys = createLocalJWKSet(jwks);
  const model = renderModel(subjects);
  const cube = await createCube({
    model,
    driverFor: (tenant, number) => {
      const driver = createCubeDriver(serving, tenant, number);
      const query = driver.query.bind(driver);
      const watched = (sql: string, values: unknown[] = [], ...rest: unknown[]) => {
        sent.push({ sql, values });
        return (query as (...all: unknown[]) => Promise<never>)(sql, values, ...rest);
      };
      return Object.assign(driver, { query: watched });
    },
    dialect: TesseraDuckDbQuery,
    releaseOf: (tenant) => serving.serving(tenant)?.number,
    verifyToken: createTokenVerifier({
      issuers: [{ issuer: demoIssuerUrl(settings), audience, clients: [cliClientId], tenants: '*' }],
      now: systemClock,
      keysOf: async () => keys,
    }),
    decideRights: ({ groups }) => ({
      id: 'bench',
      policy: 'bench',
      roles: groups,
      members: model.members,
      masked: new Set(),
      rows: {},
      actions: new Set(actions),
    }),
    audit: { note: () => {} },
    observe: observeNothing,
  });
  await cube.warm(benchTenant);
  const app = express();
  cube.mount(app);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const direct = createCubeDriver(serving, benchTenant, release.number);
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    token: await mintBenchToken(settings),
    release: release.number,
    sentSince() {
      const all = sent;
      sent = [];
      return all;
    },
    direct: ({ sql, values }) => direct.query(sql, values),
    async close() {
      server.closeAllConnections();
      server.close();
      await cube.close();
      serving.close();
      lakes.close();
    },
  };
}

/** A token of the demo's issuer for an analyst of the tenant. */
export const mintBenchToken = (settings: Settings): Promise<string> =>
  mintDemoToken(settings, {
    tenant: benchTenant,
    user: `bench@${benchTenant}.example`,
    groups: ['analyst'],
    ttlSeconds: 3600,
  });
