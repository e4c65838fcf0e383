// Cube's settings, all of them said out loud before Cube is loaded: its own defaults differ between development and production.
import { maxRows } from '@tessera/security';

/** Rows of an answer whose query names no limit. One more is asked for, so that a cut is seen. */
export const defaultRows = 10_000;

const environment: Readonly<Record<string, string>> = {
  // Anything else counts as development: GraphiQL, warnings, other defaults.
  NODE_ENV: 'production',
  // Development mode switches authentication errors and visibility off.
  CUBEJS_DEV_MODE: 'false',
  CUBEJS_TELEMETRY: 'false',
  CUBEJS_CACHE_AND_QUEUE_DRIVER: 'memory',
  CUBEJS_TESSERACT_SQL_PLANNER: 'false',
  CUBEJS_TRANSPILATION_NATIVE: 'false',
  CUBEJS_EXTERNAL_DEFAULT: 'false',
  CUBEJS_SCHEDULED_REFRESH_DEFAULT: 'true',
  CUBEJS_REFRESH_WORKER: 'false',
  CUBEJS_PRE_AGGREGATIONS_BUILDER: 'true',
  CUBEJS_WEB_SOCKETS: 'false',
  CUBEJS_DB_TYPE: 'duckdb',
  CUBEJS_DB_QUERY_DEFAULT_LIMIT: String(defaultRows + 1),
  CUBEJS_DB_QUERY_LIMIT: String(maxRows + 1),
  CUBEJS_REFRESH_KEY_LOCAL_TIME: 'true',
  CUBEJS_MAX_REQUEST_SIZE: '1mb',
  // Our logger receives no text of Cube's, so there is nothing to redact.
  CUBEJS_LOG_REDACTION: 'false',
};

/** Must run before anything of Cube's is imported. An inherited playground secret would open its system routes. */
export function prepareEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env).filter((key) => key.startsWith('CUBEJS_'))) delete env[name];
  Object.assign(env, environment);
}
