// How large each demo tenant is and where its people are.

export interface Place {
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  /** First two numbers of its addresses. */
  readonly network: string;
}

export interface Profile {
  readonly tenant: string;
  readonly displayName: string;
  readonly timeZone: string;
  /** People at the start of the history, and who come and leave within it. */
  readonly people: number;
  readonly joiners: number;
  readonly leavers: number;
  readonly signInsPerWorkday: number;
  /** Elasticsearch documents a day. */
  readonly hostLogins: number;
  readonly sprayed: number;
  readonly issues: number;
  readonly projects: number;
  /** Okta Classic: no event for the password as a factor. */
  readonly classic: boolean;
  readonly places: readonly (readonly [Place, number])[];
}

const place = (city: string, state: string, country: string, latitude: number, longitude: number, network: string) => ({
  city,
  state,
  country,
  latitude,
  longitude,
  network,
});
export const newYork = place('New York', 'New York', 'United States', 40.71, -74.01, '198.18');
const austin = place('Austin', 'Texas', 'United States', 30.27, -97.74, '198.19');
const toronto = place('Toronto', 'Ontario', 'Canada', 43.65, -79.38, '100.64');
const berlin = place('Berlin', 'Berlin', 'Germany', 52.52, 13.4, '100.65');
const munich = place('Munich', 'Bavaria', 'Germany', 48.14, 11.58, '100.66');
const warsaw = place('Warsaw', 'Mazovia', 'Poland', 52.23, 21.01, '100.67');
const bengaluru = place('Bengaluru', 'Karnataka', 'India', 12.97, 77.59, '100.68');
const pune = place('Pune', 'Maharashtra', 'India', 18.52, 73.86, '100.69');
/** Where attacks come from. */
export const hostile: readonly Place[] = [
  place('Moscow', 'Moscow', 'Russia', 55.75, 37.62, '203.0'),
  place('Lagos', 'Lagos', 'Nigeria', 6.52, 3.38, '203.1'),
  place('Chisinau', 'Chisinau', 'Moldova', 47.01, 28.86, '203.2'),
];
/** Where people travel. */
export const abroad: readonly Place[] = [
  place('London', 'England', 'United Kingdom', 51.51, -0.13, '100.70'),
  place('Madrid', 'Madrid', 'Spain', 40.42, -3.7, '100.71'),
  place('Tokyo', 'Tokyo', 'Japan', 35.68, 139.69, '100.72'),
];

export const profiles: readonly Profile[] = [
  {
    tenant: 'acme-corp',
    displayName: 'Acme Corporation',
    timeZone: 'America/New_York',
    people: 520,
    joiners: 135,
    leavers: 55,
    signInsPerWorkday: 0.3,
    hostLogins: 60,
    sprayed: 2400,
    issues: 5000,
    projects: 8,
    classic: false,
    places: [
      [newYork, 6],
      [austin, 3],
      [toronto, 2],
    ],
  },
  {
    tenant: 'globex-inc',
    displayName: 'Globex, Inc.',
    timeZone: 'Europe/Berlin',
    people: 130,
    joiners: 32,
    leavers: 14,
    signInsPerWorkday: 0.3,
    hostLogins: 18,
    sprayed: 500,
    issues: 1250,
    projects: 5,
    classic: false,
    places: [
      [berlin, 6],
      [munich, 3],
      [warsaw, 2],
    ],
  },
  {
    tenant: 'initech',
    displayName: 'Initech',
    timeZone: 'Asia/Kolkata',
    people: 38,
    joiners: 9,
    leavers: 4,
    signInsPerWorkday: 0.3,
    hostLogins: 6,
    sprayed: 120,
    issues: 330,
    projects: 3,
    classic: true,
    places: [
      [bengaluru, 3],
      [pune, 2],
    ],
  },
];

/** What every part of a tenant's generation is given. */
export interface Stage {
  readonly profile: Profile;
  readonly seed: number;
  readonly asOf: number;
  /** Start of the 180 days. */
  readonly start: number;
  readonly zone: import('../zone.ts').Zone;
}
