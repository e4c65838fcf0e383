// Host log-ins as ECS documents of monthly indices, with the habits of real writers: arrays or scalars, late arrivals, ids unique per index only.
import { type AttemptFact, type AuthEventFact, holdsAt, type PersonFact } from '../facts.ts';
import type { EventLog } from '../world.ts';
import { dayMs, hourMs, weekday } from '../zone.ts';
import { hostile, type Place, type Stage } from './profile.ts';
import { letters, random } from './random.ts';
import { address, employees } from './sign-ins.ts';
import { textLog } from './text-log.ts';

interface Made {
  readonly documents: EventLog;
  readonly attempts: AttemptFact[];
  readonly events: AuthEventFact[];
}

export function elasticDocuments(stage: Stage, people: readonly PersonFact[], start: number): Made {
  const dice = random(stage.seed, `${stage.profile.tenant}|elastic`);
  const { zone, profile } = stage;
  const log = textLog();
  const attempts: AttemptFact[] = [];
  const events: AuthEventFact[] = [];
  const staff = employees(people).filter(({ okta }) => !okta.quiet);
  const hosts = Array.from({ length: 12 }, (_, i) => `srv-${String(i + 1).padStart(2, '0')}`);
  const shared = new Map<string, number>();
  const write = (
    at: number,
    action: string,
    outcome: string | undefined,
    login: string,
    person: PersonFact | undefined,
    place: Place | undefined,
    isAuth = true,
  ) => {
    const index = `logs-system.auth-${profile.tenant}-${new Date(at).toISOString().slice(0, 7).replace('-', '.')}`;
    const ip = address(place ?? (hostile[0] as Place), dice);
    const ingested = Math.min(
      at + (dice.chance(0.01) ? dice.int(hourMs, 20 * hourMs) : dice.int(400, 20_000)),
      stage.asOf - 1,
    );
    // Two months may hold the same id.
    let id = dice.text(letters, 20);
    if (dice.chance(0.02)) {
      const nth = (shared.get(index) ?? 0) + 1;
      shared.set(index, nth);
      id = `replayed-${nth}`;
    }
    const category = isAuth ? 'authentication' : 'process';
    const [local] = login.split('@');
    const source = {
      '@timestamp': new Date(at).toISOString(),
      ecs: { version: '8.11.0' },
      event: {
        kind: 'event',
        category: dice.chance(0.8) ? [category] : category,
        type: outcome === undefined ? ['info'] : ['start'],
        action,
        ...(outcome === undefined ? {} : { outcome }),
        dataset: 'system.auth',
        ingested: new Date(ingested).toISOString(),
      },
      host: { name: dice.pick(hosts), os: { type: 'linux' } },
      user: person ? { name: local, email: login } : { name: login },
      source: {
        ip,
        port: dice.int(1024, 65_535),
        ...(place ? { geo: { country_name: place.country, city_name: place.city } } : {}),
      },
      message: `${outcome === 'failure' ? 'Failed' : 'Accepted'} password for ${person ? local : login} from ${ip}`,
    };
    log.add(at, ingested, JSON.stringify({ _index: index, _id: id, _source: source }));
    if (!isAuth) return;
    const fact = {
      source: 'elasticsearch' as const,
      login: login.toLowerCase(),
      person,
      country: place?.country ?? 'unknown',
    };
    events.push({
      ...fact,
      at,
      type: action,
      outcome: (outcome ?? 'unknown').toUpperCase(),
      reason: null,
      factor: null,
    });
    if (/log-?out|logoff|logged-off/.test(action)) return;
    const known = outcome === 'success' || outcome === 'failure' ? outcome : 'none';
    attempts.push({
      ...fact,
      startedAt: at,
      ip,
      outcome: known,
      reason: null,
      stage: known === 'failure' ? 'first_factor' : null,
      usedMfa: false,
      sessionStartSuccess: 0,
      sessionStartFailure: 0,
    });
  };
  const homes = new Map(profile.places.map(([place]) => [place.city, place]));
  for (let day = zone.dayOf(start); day <= zone.dayOf(stage.asOf); day++) {
    const count = Math.round((weekday(day) > 5 ? 0.3 : 1) * dice.between(0.7, 1.3) * profile.hostLogins);
    for (let i = 0; i < count; i++) {
      const at = zone.instant(day) + Math.floor(dice.between(0, dayMs - 1));
      if (at < start || at >= stage.asOf - 1000) continue;
      if (dice.chance(0.12))
        write(at, 'ssh_login', 'failure', dice.pick(['root', 'ubuntu', 'oracle', 'pi']), undefined, dice.pick(hostile));
      else if (dice.chance(0.05)) write(at, 'process_started', 'success', 'root', undefined, undefined, false);
      else {
        const one = dice.pick(staff);
        if (!holdsAt(one.okta.canSignIn, at)) continue;
        const outcome = dice.weighted<string | undefined>([
          ['success', 92],
          ['failure', 6],
          ['unknown', 1],
          [undefined, 1],
        ]);
        write(at, 'ssh_login', outcome, one.email, one, homes.get(one.city));
        const leaves = at + dice.int(60_000, 4 * hourMs);
        if (outcome === 'success' && dice.chance(0.1) && leaves < stage.asOf - 1000)
          write(leaves, 'user_logout', 'success', one.email, one, homes.get(one.city));
      }
    }
  }
  return { documents: log.done(), attempts, events };
}
