// Writes the demo's Okta log into a file: `node okta-log-process.ts <file> <asOf>`.
import { oktaLog, writeLog } from './okta-log.ts';

const [file = '', asOf = ''] = process.argv.slice(2);
writeLog(file, oktaLog(new Date(asOf)));
