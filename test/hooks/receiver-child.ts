// A receiver that is killed: opens on a home, takes what an earlier one left, then tells its address. Only for hook-crash.integration.ts.
import { sources } from '@tessera/base';
import { openReceiver } from './receiver.ts';

const [, , home = '', hook = '', mode = 'awake', named = 'okta'] = process.argv;
const chosen = named.split(',').flatMap((name) => sources.filter((source) => source === name));
const receiver = await openReceiver(home, undefined, chosen);
setInterval(() => receiver.pass(100), 100).unref();
receiver.sleep(mode === 'asleep');
process.stdout.write(`${receiver.urlOf(hook, chosen[0])}\n`);
if (mode === 'awake') await receiver.runArrived();
