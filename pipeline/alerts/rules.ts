// What is worth waking somebody, as a table: which events raise an alert, which clear it, and how often it must happen first.
import type { Tenant, TesseraEvent } from '@tessera/base';

export interface Signal {
  readonly isRaised: boolean;
  /** What it is about, tenants apart: one alert a subject, however many tenants it affects. */
  readonly subject: string;
  /** Undefined where it affects the installation as a whole. */
  readonly tenant: Tenant | undefined;
  /** A fault's code or a figure; never a message, which may name what only the tenant should see. */
  readonly note?: string;
}
type Readers = { readonly [E in TesseraEvent as E['event']]?: (event: E) => Signal | undefined };

export interface Rule {
  readonly severity: 'critical' | 'warning';
  /** What happened and what to do, for whoever is woken. */
  readonly about: string;
  /** So many times in a row for one tenant; once where nothing is said. */
  readonly after?: number;
  /** Clears by itself when it was not seen again for so long; without it only an event clears it. */
  readonly quietMs?: number;
  readonly on: Readers;
}

const minute = 60_000;
const raise = (subject: string, tenant: Tenant | undefined, note?: string): Signal => ({
  isRaised: true,
  subject,
  tenant,
  ...(note === undefined ? {} : { note }),
});
const clear = (subject: string, tenant: Tenant | undefined): Signal => ({ isRaised: false, subject, tenant });

/** Tokens are good for so long before their time and after it. */
const mostSkewMs = 30_000;
const hostOf = (url: string) => URL.parse(url)?.host ?? 'an issuer';

/** Quarantined records of one batch that are more than the odd one. */
const manyQuarantined = 10;

const ledgerCodes: ReadonlySet<string> = new Set(['LEDGER_UNBALANCED', 'COPY_DIFFERS']);

export const rules = {
  'source-stale': {
    severity: 'warning',
    about:
      'A source was not successfully read within the freshness that its tenant is promised. See: tessera pipeline freshness; tessera dead-letter list.',
    // Raised and cleared by the clock, not by an event: `stale` of the alerter.
    on: {},
  },
  'run-failed': {
    severity: 'critical',
    about: 'Three runs in a row failed; the last good release is served. See: tessera pipeline history.',
    after: 3,
    on: {
      'run.failed': ({ stage, tenant, code }) =>
        code === 'LEASE_LOST' ? undefined : raise('runs', tenant, `${stage} ${code}`),
      'run.ended': ({ tenant }) => clear('runs', tenant),
    },
  },
  'ledger-unbalanced': {
    severity: 'critical',
    about:
      'Rows are not accounted for: between layers nothing is released until they are; a serving copy that differs is taken out of service. See the reconciliation page and: tessera ledger show --open.',
    on: {
      // The event is told once; a later run that fails by it says so again to a process that was started since.
      'ledger.unbalanced': ({ tenant, hop }) => raise('ledger', tenant, hop),
      'run.failed': ({ tenant, code }) => (ledgerCodes.has(code) ? raise('ledger', tenant, code) : undefined),
      'ledger.balanced': ({ tenant }) => clear('ledger', tenant),
      'run.ended': ({ tenant }) => clear('ledger', tenant),
    },
  },
  'dead-letter': {
    severity: 'warning',
    about: 'A source failed after its last attempt and became a dead letter. See: tessera dead-letter list.',
    on: {
      'source.failed': ({ source, tenant, code }) => raise(source, tenant, code),
      'source.checked': ({ source, tenant, end }) => (end === 'failed' ? undefined : clear(source, tenant)),
    },
  },
  'foreign-records': {
    severity: 'critical',
    about:
      "A source sent records that say they are of another organisation than its connection's; they are in quarantine, none is shown. Check that the credential is this tenant's alone. See: tessera quarantine list.",
    // Whether the next batch has none says nothing: a shared key stays shared.
    quietMs: 240 * minute,
    on: {
      'records.foreign': ({ source, stream, tenant, records }) =>
        raise(`${source} ${stream}`, tenant, `${records} records`),
    },
  },
  'quarantine-grows': {
    severity: 'warning',
    about: 'Many records of one batch do not fit their contract and were set aside. See: tessera quarantine list.',
    on: {
      'rows.staged': ({ source, stream, tenant, rows, quarantined }) => {
        if (quarantined >= manyQuarantined) return raise(`${source} ${stream}`, tenant, `${quarantined} records`);
        return rows > 0 && quarantined === 0 ? clear(`${source} ${stream}`, tenant) : undefined;
      },
    },
  },
  'audit-unavailable': {
    severity: 'critical',
    about: 'The audit trail cannot be written; sensitive acts are refused until it can. Look at its disk.',
    quietMs: 10 * minute,
    on: {
      'audit.failed': ({ tenant, code }) => raise('trail', tenant, code),
      'audit.lost': ({ tenant, records }) => raise('records lost', tenant, `${records} records`),
    },
  },
  'canary-wrong': {
    severity: 'critical',
    about:
      'A known page did not become its known number. Numbers may be wrong for everybody. See: tessera canary check.',
    on: {
      'canary.checked': ({ right, step, tenant }) => (right ? clear('canary', tenant) : raise('canary', tenant, step)),
    },
  },
  'lease-lost': {
    severity: 'warning',
    about: 'A run was overtaken by another worker; it wrote nothing after that. Two programs may run one tenant.',
    quietMs: 60 * minute,
    on: { 'run.failed': ({ tenant, code }) => (code === 'LEASE_LOST' ? raise('lease', tenant) : undefined) },
  },
  'clock-skew': {
    severity: 'warning',
    about:
      "This machine's clock jumped, or is more than 30 s from an issuer's, so that good tokens are refused. Schedules and freshness go by it; look at its time service.",
    quietMs: 60 * minute,
    on: {
      'clock.jumped': ({ ms }) => raise('clock', undefined, `${Math.round(ms / 1000)} s`),
      'clock.compared': ({ issuer, ms }) =>
        Math.abs(ms) > mostSkewMs
          ? raise(`clock beside ${hostOf(issuer)}`, undefined, `${Math.round(ms / 1000)} s`)
          : clear(`clock beside ${hostOf(issuer)}`, undefined),
    },
  },
  'policies-differ': {
    severity: 'critical',
    about:
      'Servers on one TESSERA_HOME decide by different policies, so that answers depend on who is asked. The one that was started first is not ready any more: stop it. See policy at /readyz.',
    quietMs: 10 * minute,
    on: {
      'policy.differs': ({ processes }) => raise('policy', undefined, `${processes} others`),
      'policy.agrees': () => clear('policy', undefined),
    },
  },
  'issuer-unavailable': {
    severity: 'critical',
    about: 'The keys of an issuer cannot be read; known keys hold for a while, then nobody can sign in.',
    quietMs: 10 * minute,
    on: {
      'request.refused': ({ code }) => (code === 'ISSUER_UNAVAILABLE' ? raise('keys', undefined, code) : undefined),
    },
  },
  'store-full': {
    severity: 'critical',
    about: 'No space left for the lake; nothing acknowledged is lost. Free space.',
    quietMs: 30 * minute,
    on: {
      'run.failed': ({ tenant, code }) => (code === 'STORE_FULL' ? raise('lake', tenant, code) : undefined),
      'source.failed': ({ tenant, code }) => (code === 'STORE_FULL' ? raise('lake', tenant, code) : undefined),
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as readonly RuleName[];
export const ruleOf = (name: RuleName): Rule => rules[name];

/** What an event says to each rule that listens to it. */
export function* signalsOf(event: TesseraEvent): Generator<readonly [RuleName, Signal]> {
  for (const name of listeners.get(event.event) ?? []) {
    const read = ruleOf(name).on[event.event] as ((event: TesseraEvent) => Signal | undefined) | undefined;
    const signal = read?.(event);
    if (signal !== undefined) yield [name, signal];
  }
}

const listeners = new Map<string, RuleName[]>();
for (const name of ruleNames)
  for (const event of Object.keys(rules[name].on)) listeners.set(event, [...(listeners.get(event) ?? []), name]);
