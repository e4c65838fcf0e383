// The platform API as a table: each route with who may call it, what it answers, and the sentence that the OpenAPI description shows.
import { Fault, type Tenant } from '@tessera/base';
import type { Access, Action } from '@tessera/security';
import type { z } from 'zod';
import { exchangeBody, mintBody } from './embeds/contract.ts';
import type { Embeds } from './embeds/create-embeds.ts';
import { type ExplainPolicy, explainBody } from './explain-policy.ts';
import { type Desk, discardBody, fixBody, noBody, showQuery } from './quarantine-desk.ts';
import type { ReadReconciliation } from './read-reconciliation.ts';
import { type ReadTrail, trailQuery } from './read-trail.ts';
import { type Reveal, revealBody } from './reveal-tokens.ts';
import type { TenantStatus } from './tenant-status.ts';

export interface PlatformNeeds {
  readonly appConfig: { readonly issuer: string; readonly clientId: string; readonly audience: string };
  /** The source registry: what each connector asks of its vendor. */
  readonly sources: readonly object[];
  /** Undefined for a tenant that is not here. */
  readonly status: (tenant: Tenant) => TenantStatus | undefined;
  /** What the caller may do, so that a page offers nothing that would be refused; it decides nothing. */
  readonly actionsOf?: ((access: Access) => readonly Action[]) | undefined;
  /** How fresh each source is and has been; undefined for a tenant that is not here. */
  readonly freshness?: ((tenant: Tenant) => Promise<object | undefined>) | undefined;
  /** Tenants that do not serve a release yet; empty means ready. */
  readonly waitingFor: () => readonly Tenant[];
  /** Why this process should not be asked any more, though it still answers. */
  readonly notReady?: (() => Fault | undefined) | undefined;
  /** Name of the policy that is served, so that processes behind one address can be compared. */
  readonly policy?: string | undefined;
  /** Without it there is no such route. */
  readonly reveal?: Reveal | undefined;
  readonly readTrail?: ReadTrail | undefined;
  readonly reconciliation?: ReadReconciliation | undefined;
  /** Quarantine and dead letters. */
  readonly desk?: Desk | undefined;
  readonly explainPolicy?: ExplainPolicy | undefined;
  readonly embeds?: Pick<Embeds, 'mint' | 'exchange' | 'frameOrigin'> | undefined;
}

/** What a route may know of the request beside its caller. */
export interface RouteCall {
  /** As the route's schema made it. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  /** Named parts of the path, as they came. */
  readonly params: Readonly<Record<string, string>>;
  readonly from: string | undefined;
  readonly request: string | undefined;
}

interface Route {
  readonly path: string;
  /** `get` where nothing is said. */
  readonly method?: 'post';
  /** Of a `post`: a closed schema; what does not fit is BODY_INVALID before anything is looked at. */
  readonly body?: z.ZodType;
  /** Of the parameters; without it they are not looked at. */
  readonly query?: z.ZodType;
  readonly about: string;
  readonly answer:
    | { readonly public: (needs: PlatformNeeds, call: RouteCall) => object }
    | { readonly signedIn: (needs: PlatformNeeds, access: Access, call: RouteCall) => object };
}

export const routes: readonly Route[] = [
  {
    path: '/livez',
    about: 'The process is up.',
    answer: { public: () => ({ status: 'ok' }) },
  },
  {
    path: '/readyz',
    about:
      'Every tenant serves its first release, and by which policy; 503 until then, when this server is about to stop, and when one that was started later decides by another policy.',
    answer: {
      public: ({ waitingFor, policy, notReady }) => {
        const fault = notReady?.();
        if (fault) throw fault;
        const waiting = waitingFor();
        if (waiting.length > 0) throw new Fault('NOT_READY', { tenants: waiting.length });
        return { status: 'ready', ...(policy === undefined ? {} : { policy }) };
      },
    },
  },
  {
    path: '/api/v1/app-config',
    about: 'What the application needs to sign a person in.',
    answer: { public: ({ appConfig }) => ({ ...appConfig, apiUrl: '/cubejs-api/v1' }) },
  },
  {
    path: '/api/v1/tenant',
    about:
      "The caller's tenant: name, time zone, the release it is served from, how fresh each source is, and what the caller may do.",
    answer: {
      signedIn: ({ status, actionsOf }, access) => {
        const found = status(access.tenant);
        if (!found) throw new Fault('TENANT_UNKNOWN', {});
        return actionsOf ? { ...found, actions: actionsOf(access) } : found;
      },
    },
  },
  {
    path: '/api/v1/freshness',
    about:
      "How fresh each of the tenant's sources is: the source's own lag and the pipeline's apart, the target, and the share of time within it over 7 and 30 days.",
    answer: {
      signedIn: async ({ freshness }, { tenant }) => {
        const found = await given(freshness)(tenant);
        if (!found) throw new Fault('TENANT_UNKNOWN', {});
        return found;
      },
    },
  },
  {
    path: '/api/v1/sources',
    about:
      'The source registry: for each connector its authentication, minimal scopes, endpoints, limits, page size, cursor, delete semantics, retention and columns.',
    answer: { signedIn: ({ sources }) => ({ sources }) },
  },
  {
    path: '/api/v1/reveal',
    method: 'post',
    body: revealBody,
    about:
      'The personal data behind tokens of the tenant, for a purpose: needs the right to it and a sign-in with two factors within ten minutes. In the audit trail.',
    answer: {
      signedIn: ({ reveal }, access, { body, from, request }) => {
        if (!reveal) throw new Fault('ROUTE_UNKNOWN', {});
        return reveal(access, revealBody.parse(body), { from, request });
      },
    },
  },
  {
    path: '/api/v1/audit',
    query: trailQuery,
    about:
      "The tenant's own audit trail, oldest first, or with order=newest its last acts, newest first: since, until, action, subject, decision, limit (up to 500), after. Needs the right to it; the reading is in the trail, too.",
    answer: {
      signedIn: ({ readTrail }, access, { query, from, request }) =>
        given(readTrail)(access, query as z.infer<typeof trailQuery>, { from, request }),
    },
  },
  {
    path: '/api/v1/policy/explain',
    method: 'post',
    body: explainBody,
    about:
      'Why: the verdict on every member that a query names, with the rule behind it, what rows must meet, and whether the query passes. Needs the right to ask; in the audit trail.',
    answer: {
      signedIn: ({ explainPolicy }, access, { body, from, request }) =>
        given(explainPolicy)(access, explainBody.parse(body), { from, request }),
    },
  },
  {
    path: '/api/v1/reconciliation',
    about:
      'Where the rows of the newest runs went, object by object over the hops source-raw, raw-bronze, bronze-silver, silver-gold: rows from and to, reasons for each difference, what is unexplained, what holds releases back, and what waits in quarantine. Counts only. Needs the right to read the pipeline.',
    answer: { signedIn: ({ reconciliation }, access) => given(reconciliation)(access) },
  },
  {
    path: '/api/v1/embeds',
    method: 'post',
    body: mintBody,
    about:
      'A token that opens one dashboard once, within five minutes, inside a page of one origin, with a viewer’s rights and never more than yours. In the audit trail.',
    answer: {
      signedIn: ({ embeds }, access, { body, from, request }) =>
        given(embeds).mint(access, mintBody.parse(body), { from, request }),
    },
  },
  {
    path: '/api/v1/embeds/exchange',
    method: 'post',
    body: exchangeBody,
    about:
      'What the page of an embed does first: gives its token and gets a session of at most 15 minutes. A token works once.',
    answer: {
      public: ({ embeds }, { body, from, request }) =>
        given(embeds).exchange(exchangeBody.parse(body).token, { from, request }),
    },
  },
  {
    path: '/api/v1/quarantine',
    about:
      'Records that could not be taken, with their reasons and what became of them, and how many device states wait for their device (parked); no values. Needs the right to read the quarantine.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).list(access, call) },
  },
  {
    path: '/api/v1/quarantine/:id',
    query: showQuery,
    about:
      'One of them: its shape, and with a purpose its values, for who may operate the quarantine and see personal data and signed in with two factors within ten minutes. In the audit trail.',
    answer: {
      signedIn: ({ desk }, access, call) => given(desk).show(access, call, call.query as z.infer<typeof showQuery>),
    },
  },
  {
    path: '/api/v1/quarantine/:id/replay',
    method: 'post',
    body: noBody,
    about: 'Stages the record again as it is; once more changes nothing. The next run releases it. In the audit trail.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).replay(access, call) },
  },
  {
    path: '/api/v1/quarantine/:id/fix',
    method: 'post',
    body: fixBody,
    about: 'Stages the given JSON in the place of the record, by the same rules as every record. In the audit trail.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).fix(access, call, fixBody.parse(call.body)) },
  },
  {
    path: '/api/v1/quarantine/:id/discard',
    method: 'post',
    body: discardBody,
    about: 'Sets the record aside for good, with a reason; it stays in the books. In the audit trail.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).discard(access, call, discardBody.parse(call.body)) },
  },
  {
    path: '/api/v1/dead-letters',
    about: 'Sources and stages that failed after their last attempt. Needs the right to read the pipeline.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).letters(access, call) },
  },
  {
    path: '/api/v1/dead-letters/:id',
    about: 'One of them, with its input and its attempts.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).letter(access, call) },
  },
  {
    path: '/api/v1/dead-letters/:id/replay',
    method: 'post',
    body: noBody,
    about: 'Runs its stage again, and what comes after it; it goes when that went well. In the audit trail.',
    answer: { signedIn: ({ desk }, access, call) => given(desk).replayLetter(access, call) },
  },
  {
    path: '/api/v1/dead-letters/:id/discard',
    method: 'post',
    body: discardBody,
    about: 'Removes one without running anything, with a reason. In the audit trail.',
    answer: {
      signedIn: ({ desk }, access, call) => given(desk).discardLetter(access, call, discardBody.parse(call.body)),
    },
  },
];

/** A route whose part was not given to this process is not there. */
function given<T>(part: T | undefined): T {
  if (part === undefined) throw new Fault('ROUTE_UNKNOWN', {});
  return part;
}
