// Writes one Okta System Log event as JSON text, in Okta's own shape with its nulls and its pseudo-map strings.
import type { Place } from './profile.ts';
import type { Random } from './random.ts';
import { letters } from './random.ts';

export interface Party {
  readonly id: string;
  readonly type: string;
  readonly alternateId: string;
  readonly displayName: string;
}

/** Where a browser sits; `place` undefined when Okta could not tell. */
export interface Browser {
  readonly ip: string;
  readonly place: Place | undefined;
  readonly agent: (typeof agents)[number];
}

export interface OktaEvent {
  readonly at: number;
  readonly type: string;
  readonly result: string;
  readonly reason: string | null;
  readonly actor: Party;
  readonly browser: Browser | undefined;
  readonly targets: readonly Party[];
  readonly factor: string | undefined;
  readonly session: string | undefined;
  readonly rootSession: string | undefined;
  readonly transaction: string | undefined;
}

export const agents = [
  ['CHROME', 'Windows 10', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0'],
  ['CHROME', 'Mac OS X', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/131.0.0.0'],
  ['SAFARI', 'Mac OS X', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15'],
  ['FIREFOX', 'Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0'],
  ['SAFARI', 'iOS (iPhone)', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1'],
] as const;

const wording: Readonly<Record<string, readonly [string, string | null]>> = {
  'user.session.start': ['User login to Okta', 'core.user_auth.login_success'],
  'user.session.end': ['User logout from Okta', 'core.user_auth.logout_success'],
  'user.authentication.verify': ['Verify user identity', null],
  'user.authentication.auth_via_mfa': ['Authentication of user via MFA', 'core.user.factor.attempt_success'],
  'user.authentication.auth_via_IDP': ['Authenticate user via IDP', 'core.user_auth.idp.saml.login'],
  'user.authentication.auth_via_radius': ['Authentication of user via Radius', 'core.user_auth.radius.login'],
  'user.authentication.sso': ['User single sign on to app', 'app.auth.sso'],
  'policy.evaluate_sign_on': ['Evaluation of sign-on policy', 'app.oauth2.signon'],
  'user.account.lock': ['Max sign in attempts exceeded', 'core.user_auth.account_locked'],
  'user.lifecycle.create': ['Create Okta user', 'core.user.config.user_creation.success'],
  'user.lifecycle.activate': ['Activate Okta user', 'core.user.config.user_activated'],
  'user.lifecycle.suspend': ['Suspend Okta user', 'core.user.config.user_status.suspended'],
  'user.lifecycle.unsuspend': ['Unsuspend Okta user', 'core.user.config.user_status.unsuspended'],
  'user.lifecycle.deactivate': ['Deactivate Okta user', 'core.user.config.user_deactivated'],
  'user.mfa.factor.activate': ['Activate factor for user', 'core.user.factor.activate'],
  'user.mfa.factor.deactivate': ['Reset factor for user', 'core.user.factor.reset'],
  'user.mfa.factor.suspend': ['Suspend factor enrollment for user', null],
  'user.mfa.factor.unsuspend': ['Unsuspend factor enrollment for user', null],
  'user.mfa.factor.reset_all': ['Reset all factors for user', 'core.user.factor.reset_all'],
  'system.agent.ad.connect': ['Connect AD agent to Okta', null],
  'app.oauth2.token.grant.access_token': [
    'OAuth2 access token is granted',
    'app.oauth2.token.grant.access_token_success',
  ],
};

const text = (value: string | null | undefined) =>
  value === undefined || value === null ? 'null' : JSON.stringify(value);

export const partyJson = (party: Party) =>
  `{"id":${text(party.id)},"type":"${party.type}","alternateId":${text(party.alternateId)},"displayName":${text(party.displayName)},"detailEntry":null}`;

const placeJson = (place: Place | undefined) =>
  place === undefined
    ? 'null'
    : `{"city":"${place.city}","state":"${place.state}","country":"${place.country}","postalCode":null,"geolocation":{"lat":${place.latitude},"lon":${place.longitude}}}`;

const clients = new WeakMap<Browser, readonly [string, string]>();
const nobody =
  '"client":{"userAgent":null,"zone":"null","device":null,"id":null,"ipAddress":null,"geographicalContext":null},"device":null';

function clientJson(browser: Browser | undefined): readonly [string, string] {
  if (!browser) return [nobody, '[]'];
  const known = clients.get(browser);
  if (known) return known;
  const [name, system, raw] = browser.agent;
  const place = placeJson(browser.place);
  const device = system.startsWith('iOS') ? 'Mobile' : 'Computer';
  const made = [
    `"client":{"userAgent":{"rawUserAgent":"${raw}","os":"${system}","browser":"${name}"},"zone":"null","device":"${device}","id":null,"ipAddress":"${browser.ip}","geographicalContext":${place}},"device":null`,
    `[{"ip":"${browser.ip}","geographicalContext":${place},"version":"V4","source":null}]`,
  ] as const;
  clients.set(browser, made);
  return made;
}

/** The event's JSON text under a uuid of its own. */
export function eventJson(event: OktaEvent, dice: Random): string {
  const [message, legacy] = wording[event.type] ?? [event.type, null];
  const [client, chain] = clientJson(event.browser);
  const bad = event.result === 'FAILURE' || event.result === 'DENY';
  const request = dice.text(letters, 26);
  const debug = [
    `"requestId":"${request}"`,
    ...(event.factor === undefined ? [] : [`"factor":"${event.factor}"`]),
    `"dtHash":"${dice.uuid().replaceAll('-', '')}"`,
    '"requestUri":"/idp/idx/challenge/answer"',
    `"threatSuspected":"${bad && event.actor.id === 'unknown'}"`,
    `"risk":"{level=${bad ? 'MEDIUM' : 'LOW'}}"`,
    '"behaviors":"{New Geo-Location=NEGATIVE, New Device=NEGATIVE}"',
  ].join(',');
  const root = event.rootSession === undefined ? '' : `,"rootSessionId":${text(event.rootSession)}`;
  const targets = event.targets.length === 0 ? 'null' : `[${event.targets.map(partyJson).join(',')}]`;
  return (
    `{"actor":${partyJson(event.actor)},${client},` +
    `"authenticationContext":{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,"authenticationStep":0,"externalSessionId":${text(event.session)}${root}},` +
    `"displayMessage":${text(message)},"eventType":"${event.type}","outcome":{"result":"${event.result}","reason":${text(event.reason)}},` +
    `"published":"${new Date(event.at).toISOString()}","securityContext":{"asNumber":64500,"asOrg":"example networks","isp":"example networks","domain":".","isProxy":false},` +
    `"severity":"${bad ? 'WARN' : 'INFO'}","debugContext":{"debugData":{${debug}}},"legacyEventType":${text(legacy)},` +
    `"transaction":{"type":"WEB"${event.transaction === undefined ? '' : `,"id":${text(event.transaction)}`},"detail":{}},` +
    `"uuid":"${dice.uuid()}","version":"0","request":{"ipChain":${chain}},"target":${targets}}`
  );
}
