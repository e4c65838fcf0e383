// What knowing the caller adds to a query, also to one whose answer is cached: token, rights, both readings of the gate, rewrite, masks and the cleaning of the echo, with a token that was seen before.
import { must, parseTenant, systemClock } from '@tessera/base';
import { renderModel, subjects } from '@tessera/model';
import { createTokenVerifier, gateLoadRequest, parseLoadRequest, readBearer } from '@tessera/security';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { tesseraPolicy } from '../../cli/tessera-policy.ts';
import { conjunctsFor, masksFor, withConjuncts, withoutConjuncts } from '../../platform/cube/rewrite.ts';
import { createRunningQueries } from '../../platform/cube/running-queries.ts';
import { benchTenant } from '../bench-lake.ts';
import { dashboardQueries, scopeOf } from '../dashboard.ts';
import type { Benchmark } from '../figure.ts';
import { median, quantile } from '../measure.ts';

const rounds = 400;
const issuer = { issuer: 'https://issuer.example', audience: 'api://tessera', clients: ['app'], tenants: '*' as const };

export const authPath: Benchmark = {
  name: 'auth-path',
  about: 'all that a cached REST query passes of ours, for the page’s own queries; token and rights remembered',
  async run() {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] });
    const makeVerifier = () => createTokenVerifier({ issuers: [issuer], now: systemClock, keysOf: async () => keys });
    const model = renderModel(subjects);
    const { decideRights } = tesseraPolicy();
    const tenant = must(parseTenant(benchTenant));
    const token = await new SignJWT({ tenant_id: tenant, groups: ['analyst'], client_id: 'app' })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setSubject('bench')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const request = { rawHeaders: ['Host', 'x', 'Accept', '*/*', 'Authorization', `Bearer ${token}`] };
    const queries = dashboardQueries(scopeOf('2026-01-01T00:00:00Z', 30));

    const verify = makeVerifier();
    const running = createRunningQueries(() => {});
    const [verifying, all]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      for (const query of queries) {
        const started = performance.now();
        const access = await verify(readBearer(request));
        verifying.push(performance.now() - started);
        // As cube-routes does before Cube, gateway.ts inside it, and gateway.ts again with the answer. Wiring and the audit trail (`audit`) are not in it.
        const rights = decideRights(access);
        if (!rights.actions.has('query')) throw new Error('the benchmark’s caller may ask nothing');
        const read = parseLoadRequest({ query: structuredClone(query) });
        const own = running.begin(access, { tenant, release: 1 }, ['load', read]);
        const gated = gateLoadRequest({ query: read.query }, rights);
        for (const one of [gated.query].flat()) {
          const conjuncts = () => conjunctsFor(one, access.tenant, rights.rows, model.tenantMembers);
          const bound = withConjuncts(one, conjuncts());
          masksFor(bound, rights, model.maskedBy);
          withoutConjuncts(bound.filters ?? [], conjuncts());
        }
        own.end('answered');
        all.push(performance.now() - started);
      }
    }
    const first: number[] = [];
    for (let i = 0; i < 200; i += 1) {
      const started = performance.now();
      await makeVerifier()(token);
      first.push(performance.now() - started);
    }
    return [
      {
        name: `the whole path, p50 of ${all.length}`,
        value: median(all),
        unit: 'ms',
        ratio: { value: median(all) / median(first), to: 'of verifying a token for the first time' },
        goal: { is: 'at most', value: 1 },
        note: `p99 ${quantile(all, 0.99).toFixed(3)} ms; a dashboard of ${queries.length} questions spends ${(median(all) * queries.length).toFixed(1)} ms`,
      },
      { name: 'of it, a remembered token, p50', value: median(verifying), unit: 'ms' },
      { name: 'a token seen for the first time (RS256), p50', value: median(first), unit: 'ms' },
    ];
  },
};
