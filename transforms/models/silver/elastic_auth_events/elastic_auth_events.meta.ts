// One row per authentication document of Elasticsearch.
import { tableMeta } from '../../../table-meta.ts';

export const elasticAuthEvents = tableMeta({
  name: 'elastic_auth_events',
  grain: 'One row per authentication document of Elasticsearch.',
  about: 'ECS documents whose event.category is or holds authentication.',
  key: ['event_id'],
  columns: {
    event_id: { type: 'VARCHAR', about: '<index>/<_id>: an _id is unique within its index only.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: '@timestamp.' },
    event_type: { type: 'VARCHAR', about: 'event.action, else authentication.' },
    outcome: { type: 'VARCHAR', about: 'event.outcome in upper case, UNKNOWN without one.' },
    actor_login: { type: 'VARCHAR', about: 'Lower-cased user.email, else user.name.', nullable: true },
    client_ip: { type: 'VARCHAR', about: 'source.ip.', nullable: true },
    country: { type: 'VARCHAR', about: "source.geo.country_name, 'unknown' without one." },
    is_attempt: { type: 'BOOLEAN', about: 'Not a sign-out.' },
  },
});
