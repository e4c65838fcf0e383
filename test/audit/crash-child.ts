// A process that acts and is killed: each act adds a line to a file, and each acknowledged record is told. Only for crash.integration.ts.
import { appendFileSync } from 'node:fs';
import { observeNothing, systemClock, type Tenant } from '@tessera/base';
import { createAudit } from '@tessera/security';

const [, , folder = '', acts = ''] = process.argv;
const tenant = 'acme-corp' as Tenant;
const audit = await createAudit({
  folder,
  now: systemClock,
  observe: observeNothing,
  headEveryMs: 20,
  segmentBytes: 20_000,
});
process.stdout.write('ready\n');
for (let i = 0; ; i++) {
  // Four at a time, so that a kill hits groups, too.
  await Promise.all(
    [0, 1, 2, 3].map((lane) => {
      const object = `${process.pid}-${i}-${lane}`;
      return audit.sensitive({ tenant, action: 'pii.reveal', door: 'platform', object }, async ({ sequence }) => {
        process.stdout.write(`acknowledged ${sequence}\n`);
        appendFileSync(acts, `${object}\n`);
      });
    }),
  );
}
