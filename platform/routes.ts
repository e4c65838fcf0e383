// The platform API as a table: each route with who may call it, what it answers, and the sentence that the OpenAPI description shows.
import { Fault } from '@tessera/base';
import type { z } from 'zod';
import { exchangeBody, mintBody } from './embeds/contract.ts';
import { explainBody } from './explain-policy.ts';
import { discardBody, fixBody, noBody, showQuery } from './quarantine-desk.ts';
import { reconciliationQuery } from './read-reconciliation.ts';
import { trailQuery } from './read-trail.ts';
import { revealBody, toldOfReveal } from './reveal-tokens.ts';
import type { Route, RouteCall, Told } from './route.ts';

const itsId = ({ params }: RouteCall): Told => ({ object: params.id?.slice(0, 200) });
const discarded = (call: RouteCall): Told => ({ ...itsId(call), purpose: discardBody.parse(call.body).why });

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
      ...{ act: 'tenant.read', right: 'query', embedded: true, allowed: 'not noted' },
      signedIn: ({ status }, { access, rights }) => {
        const found = status(access.tenant);
        if (!found) throw new Fault('TENANT_UNKNOWN', {});
        // So that a page offers nothing that would be refused; it decides nothing.
        return { ...found, actions: [...rights.actions].sort() };
      },
    },
  },
  {
    path: '/api/v1/freshness',
    about:
      "How fresh each of the tenant's sources is: the source's own lag and the pipeline's apart, the target, and the share of time within it over 7 and 30 days, each and all together.",
    answer: {
      ...{ act: 'freshness.read', right: 'pipeline.read', allowed: 'not noted' },
      signedIn: async ({ freshness }, { access }) => {
        const found = await given(freshness)(access.tenant);
        if (!found) throw new Fault('TENANT_UNKNOWN', {});
        return found;
      },
    },
  },
  {
    path: '/api/v1/sources',
    about:
      'The source registry: for each connector its authentication, minimal scopes, endpoints, limits, page size, cursor, delete semantics, retention and columns.',
    answer: {
      ...{ act: 'sources.read', right: 'pipeline.read', allowed: 'not noted' },
      signedIn: ({ sources }) => ({ sources }),
    },
  },
  {
    path: '/api/v1/reveal',
    method: 'post',
    body: revealBody,
    about:
      'The personal data behind tokens of the tenant, for a purpose: needs the right to it and a sign-in with two factors within ten minutes. In the audit trail.',
    answer: {
      ...{ act: 'pii.reveal', right: 'pii.reveal', allowed: 'by the handler' },
      told: ({ body }) => toldOfReveal(revealBody.parse(body)),
      signedIn: ({ reveal }, caller, { body, from, request }) =>
        given(reveal)(caller, revealBody.parse(body), { from, request }),
    },
  },
  {
    path: '/api/v1/audit',
    query: trailQuery,
    about:
      "The tenant's own audit trail, oldest first, or with order=newest its last acts, newest first: since, until, action, subject, decision, limit (up to 500), after. Needs the right to it; the reading is in the trail, too.",
    answer: {
      ...{ act: 'audit.read', right: 'audit.read', allowed: 'by the handler' },
      signedIn: ({ readTrail }, caller, { query, from, request }) =>
        given(readTrail)(caller, query as z.infer<typeof trailQuery>, { from, request }),
    },
  },
  {
    path: '/api/v1/policy/explain',
    method: 'post',
    body: explainBody,
    about:
      'Why: the verdict on every member that a query names, with the rule behind it, what rows must meet, and whether the query passes. Needs the right to ask; in the audit trail.',
    answer: {
      ...{ act: 'policy.explain', right: 'policy.explain', allowed: 'by the handler' },
      signedIn: ({ explainPolicy }, caller, { body, from, request }) =>
        given(explainPolicy)(caller, explainBody.parse(body), { from, request }),
    },
  },
  {
    path: '/api/v1/reconciliation',
    query: reconciliationQuery,
    about:
      'Where the rows of the newest runs went, object by object over the hops source-raw, raw-bronze, bronze-silver, silver-gold, gold-served: rows from and to, reasons for each difference, what is unexplained, what holds releases back, and what waits in quarantine. Counts only. With run and object the lines of one object in one run: each with its day and the checksums of what should be there and of what is. Needs the right to read the pipeline.',
    answer: {
      ...{ act: 'reconciliation.read', right: 'pipeline.read', allowed: 'noted' },
      signedIn: ({ reconciliation }, { access }, { query }) =>
        given(reconciliation)(access.tenant, query as z.infer<typeof reconciliationQuery>),
    },
  },
  {
    path: '/api/v1/embeds',
    method: 'post',
    body: mintBody,
    about:
      'A token that opens one dashboard once, within five minutes, inside a page of one origin, with a viewer’s rights and never more than yours. In the audit trail.',
    answer: {
      ...{ act: 'embed.mint', right: 'embed.mint', allowed: 'by the handler' },
      told: ({ body }) => {
        const { dashboard, viewer, origin } = mintBody.parse(body);
        return { object: `${dashboard} for ${viewer} at ${origin}` };
      },
      signedIn: ({ embeds }, { access }, { body, from, request }) =>
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
      act: 'embed.open',
      public: ({ embeds }, { body, from, request }) =>
        given(embeds).exchange(exchangeBody.parse(body).token, { from, request }),
    },
  },
  {
    path: '/api/v1/quarantine',
    about:
      'Records that could not be taken, with their reasons and what became of them, and how many device states wait for their device (parked); no values. Needs the right to read the quarantine.',
    answer: {
      ...{ act: 'quarantine.list', right: 'quarantine.read', allowed: 'noted' },
      signedIn: ({ desk }, { access }) => given(desk).list(access.tenant),
    },
  },
  {
    path: '/api/v1/parked',
    about:
      'Device states that wait for their device, longest first, up to 1,000: the ids of state and device, and since when; how many there are altogether (parked). Each goes by itself when its device is listed. Needs the right to read the quarantine.',
    answer: {
      ...{ act: 'parked.list', right: 'quarantine.read', allowed: 'noted' },
      signedIn: ({ desk }, { access }) => given(desk).parked(access.tenant),
    },
  },
  {
    path: '/api/v1/quarantine/:id',
    query: showQuery,
    about:
      'One of them: its shape, and with a purpose its values, for who may operate the quarantine and see personal data and signed in with two factors within ten minutes. In the audit trail.',
    answer: {
      ...{ act: 'quarantine.show', right: 'quarantine.read', allowed: 'by the handler' },
      told: (call) => {
        const { purpose } = call.query as z.infer<typeof showQuery>;
        return { ...itsId(call), ...(purpose === undefined ? {} : { action: 'quarantine.reveal', purpose }) };
      },
      signedIn: ({ desk }, caller, call) => given(desk).show(caller, call, call.query as z.infer<typeof showQuery>),
    },
  },
  {
    path: '/api/v1/quarantine/:id/replay',
    method: 'post',
    body: noBody,
    about: 'Stages the record again as it is; once more changes nothing. The next run releases it. In the audit trail.',
    answer: {
      ...{ act: 'quarantine.replay', right: 'quarantine.operate', allowed: 'by the handler' },
      told: itsId,
      signedIn: ({ desk }, caller, call) => given(desk).replay(caller, call),
    },
  },
  {
    path: '/api/v1/quarantine/:id/fix',
    method: 'post',
    body: fixBody,
    about: 'Stages the given JSON in the place of the record, by the same rules as every record. In the audit trail.',
    answer: {
      ...{ act: 'quarantine.fix', right: 'quarantine.operate', allowed: 'by the handler' },
      told: itsId,
      signedIn: ({ desk }, caller, call) => given(desk).fix(caller, call, fixBody.parse(call.body)),
    },
  },
  {
    path: '/api/v1/quarantine/:id/discard',
    method: 'post',
    body: discardBody,
    about: 'Sets the record aside for good, with a reason; it stays in the books. In the audit trail.',
    answer: {
      ...{ act: 'quarantine.discard', right: 'quarantine.operate', allowed: 'by the handler' },
      told: discarded,
      signedIn: ({ desk }, caller, call) => given(desk).discard(caller, call, discardBody.parse(call.body)),
    },
  },
  {
    path: '/api/v1/dead-letters',
    about: 'Sources and stages that failed after their last attempt. Needs the right to read the pipeline.',
    answer: {
      ...{ act: 'dead-letter.list', right: 'pipeline.read', allowed: 'noted' },
      signedIn: ({ desk }, { access }) => given(desk).letters(access.tenant),
    },
  },
  {
    path: '/api/v1/dead-letters/:id',
    about: 'One of them, with its input and its attempts.',
    answer: {
      ...{ act: 'dead-letter.show', right: 'pipeline.read', allowed: 'noted' },
      told: itsId,
      signedIn: ({ desk }, { access }, call) => given(desk).letter(access.tenant, call),
    },
  },
  {
    path: '/api/v1/dead-letters/:id/replay',
    method: 'post',
    body: noBody,
    about: 'Runs its stage again, and what comes after it; it goes when that went well. In the audit trail.',
    answer: {
      ...{ act: 'dead-letter.replay', right: 'pipeline.operate', allowed: 'by the handler' },
      told: itsId,
      signedIn: ({ desk }, caller, call) => given(desk).replayLetter(caller, call),
    },
  },
  {
    path: '/api/v1/dead-letters/:id/discard',
    method: 'post',
    body: discardBody,
    about: 'Removes one without running anything, with a reason. In the audit trail.',
    answer: {
      ...{ act: 'dead-letter.discard', right: 'pipeline.operate', allowed: 'by the handler' },
      told: discarded,
      signedIn: ({ desk }, caller, call) => given(desk).discardLetter(caller, call, discardBody.parse(call.body)),
    },
  },
];

/** A route whose part was not given to this process is not there. */
function given<T>(part: T | undefined): T {
  if (part === undefined) throw new Fault('ROUTE_UNKNOWN', {});
  return part;
}
