// A receiver that is killed: opens on a home, takes what an earlier one left, then tells its address. Only for hook-crash.integration.ts.
import { openReceiver } from './receiver.ts';

const [, , home = '', hook = '', mode = 'awake'] = process.argv;
const receiver = await openReceiver(home);
setInterval(() => receiver.pass(100), 100).unref();
receiver.sleep(mode === 'asleep');
process.stdout.write(`${receiver.urlOf(hook)}\n`);
if (mode === 'awake') await receiver.runArrived();
