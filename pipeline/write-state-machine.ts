// Writes pipeline/state-machine.asl.json, the document that is deployed.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deployedStateMachine } from './state-machine.ts';

const file = path.join(import.meta.dirname, 'state-machine.asl.json');
await writeFile(file, `${JSON.stringify(deployedStateMachine(), null, 2)}\n`);
process.stdout.write(`${file}\n`);
