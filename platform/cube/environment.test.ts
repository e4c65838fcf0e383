// What the machine's environment says of Cube does not count: development mode and the playground stay off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareEnvironment } from './environment.ts';

test('settings of Cube that the environment brings are gone, ours are there', () => {
  const env: Record<string, string | undefined> = {
    NODE_ENV: 'development',
    CUBEJS_DEV_MODE: 'true',
    CUBEJS_PLAYGROUND_AUTH_SECRET: 'secret',
    CUBEJS_API_SECRET: 'secret',
    CUBEJS_PG_SQL_PORT: '15432',
    CUBEJS_SQL_API: 'true',
    TESSERA_PORT: '4000',
  };
  prepareEnvironment(env);
  assert.equal(env.NODE_ENV, 'production');
  assert.equal(env.CUBEJS_DEV_MODE, 'false');
  assert.equal(env.CUBEJS_WEB_SOCKETS, 'false');
  assert.equal(env.CUBEJS_TESSERACT_SQL_PLANNER, 'false');
  for (const name of ['CUBEJS_PLAYGROUND_AUTH_SECRET', 'CUBEJS_API_SECRET', 'CUBEJS_PG_SQL_PORT', 'CUBEJS_SQL_API'])
    assert.equal(env[name], undefined, name);
  assert.equal(env.TESSERA_PORT, '4000');
});
