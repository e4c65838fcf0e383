// The one document: what the code makes is what is kept, it is valid, and every failure has a place to go.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { Fault } from '@tessera/base';
import { createHandlers } from './handlers.ts';
import { retryTable } from './retry-table.ts';
import { asStageError, readStageError } from './stage-error.ts';
import { deployedStateMachine, functionOf } from './state-machine.ts';

/** It has no types of its own that we could import. */
const validateAsl: (document: unknown) => {
  readonly isValid: boolean;
  errorsText(separator: string): string;
} = createRequire(import.meta.url)('asl-validator');

type State = Readonly<Record<string, unknown>>;
function statesOf(states: Readonly<Record<string, State>>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => {
    const inner = state.ItemProcessor as { States: Readonly<Record<string, State>> } | undefined;
    return [[name, state], ...(inner ? statesOf(inner.States) : [])] as [string, State][];
  });
}

test('the committed document is the one that the code makes', () => {
  const file = path.join(import.meta.dirname, 'state-machine.asl.json');
  const kept = readFileSync(file, 'utf8');
  const made = `${JSON.stringify(deployedStateMachine(), null, 2)}\n`;
  assert.deepEqual(JSON.parse(kept), JSON.parse(made), 'write it anew: node pipeline/write-state-machine.ts');
});

test('the document is valid Amazon States Language once functions have their ARNs', () => {
  const text = JSON.stringify(deployedStateMachine()).replace(
    /\$\{(\w+)FunctionArn\}/g,
    (_, name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
  );
  const { isValid, errorsText } = validateAsl(JSON.parse(text));
  assert.ok(isValid, errorsText('\n'));
  const broken = validateAsl(JSON.parse(text.replace('"Next":"Merge"', '"Next":"Nowhere"')));
  assert.equal(broken.isValid, false);
});

test('every task is tried again with back-off and full jitter, and every one that can fail is caught', () => {
  const tasks = statesOf(deployedStateMachine().States).filter(([, state]) => state.Type === 'Task');
  const resources = new Set(tasks.map(([, state]) => state.Resource));
  const names = Object.keys(retryTable) as (keyof typeof retryTable)[];
  assert.deepEqual([...resources].sort(), names.map(functionOf).sort());
  for (const [name, state] of tasks) {
    const [retry] = state.Retry as [Record<string, unknown>];
    assert.equal(retry.JitterStrategy, 'FULL', name);
    for (const field of ['IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds'])
      assert.ok(Number(retry[field]) > 0, `${name} ${field}`);
    if (!name.startsWith('Park')) assert.ok(state.Catch, `${name} is caught`);
  }
});

test('a fault crosses the state machine with its code, in process and through Lambda, and what nobody expected says nothing', async () => {
  const fault = new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'no answer' });
  const thrown = asStageError(fault);
  assert.equal(thrown.name, 'Tessera.Transient');
  const told = { code: fault.code, message: fault.message, transient: true };
  assert.deepEqual(readStageError({ Error: thrown.name, Cause: thrown.message }), told);
  const lambda = JSON.stringify({ errorType: thrown.name, errorMessage: thrown.message, trace: ['at x'] });
  assert.deepEqual(readStageError({ Error: thrown.name, Cause: lambda }), told);
  const unexpected = asStageError(new TypeError('row 4711'));
  assert.equal(unexpected.name, 'Tessera.Permanent');
  assert.doesNotMatch(unexpected.message, /4711/);
  assert.equal(readStageError({ Error: 'Lambda.Unknown', Cause: 'killed at 4711' }).code, 'INTERNAL');
  assert.doesNotMatch(readStageError({ Error: 'Lambda.Unknown', Cause: 'killed at 4711' }).message, /4711/);
  assert.equal(asStageError(new Fault('LEASE_LOST', { tenant: 'a', fence: 1, newest: 2 })).name, 'Tessera.Permanent');

  const handlers = createHandlers(() => {
    throw new Error('not reached');
  });
  for (const event of [undefined, {}, { tenant: '../b' }, { tenant: 'a/b' }, { input: { tenant: 'CON' } }])
    await assert.rejects(handlers.merge(event), { name: 'Tessera.Permanent', message: /TENANT_INVALID/ });
});
