// What writing a query down adds to it, and how long a chain takes to be judged: the trail on a real disk, in process.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { must, observeNothing, parseTenant, systemClock } from '@tessera/base';
import { type AuditEntry, createAudit, verifyAudit } from '@tessera/security';
import { benchTenant } from '../bench-lake.ts';
import type { Benchmark } from '../figure.ts';
import { median, quantile, spent } from '../measure.ts';

const queries = 5_000;
/** As many as a page asks at once, before the disk has its turn. */
const together = 12;
/** TESSERA_BENCH_RECORDS=1000000 for the size of a large tenant's year; it takes minutes to write. */
const records = Number(process.env.TESSERA_BENCH_RECORDS ?? 100_000);

export const auditTrail: Benchmark = {
  name: 'audit',
  about: `a query's line in the trail, and judging a chain of ${records} records`,
  async run(say) {
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-audit-'));
    const audit = await createAudit({ folder, now: systemClock, observe: observeNothing });
    const entry: AuditEntry = {
      tenant: must(parseTenant(benchTenant)),
      kind: 'decision',
      action: 'query',
      door: 'rest',
      subject: 'analyst@bench.example',
      roles: ['analyst'],
      from: '192.0.2.1',
      members: ['users.user_count', 'users.department', 'users.status'],
      decision: 'allowed',
      rows: 12,
      release: 7,
    };
    try {
      const noted: number[] = [];
      for (let at = 0; at < queries; at += 1) {
        const started = performance.now();
        audit.note({ ...entry, request: crypto.randomUUID() });
        noted.push(performance.now() - started);
        if (at % together === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      // A sensitive act waits for the disk: its intent and its outcome.
      const acted: number[] = [];
      for (let at = 0; at < 50; at += 1) {
        const started = performance.now();
        await audit.sensitive({ ...entry, action: 'pii.reveal', purpose: 'support-case' }, async () => {});
        acted.push(performance.now() - started);
      }
      const [cpu, wrote] = [process.cpuUsage(), performance.now()];
      const before = queries + 100;
      for (let at = before; at < records; at += 1_000)
        await Promise.all(
          Array.from({ length: Math.min(1_000, records - at) }, () =>
            audit.append({ ...entry, request: crypto.randomUUID() }),
          ),
        );
      const { user, system } = process.cpuUsage(cpu);
      say(`  ${records} records written in ${((performance.now() - wrote) / 1000).toFixed(1)} s`);
      await audit.close();
      let verdict = '';
      const judging = await spent(async () => {
        const [first] = await verifyAudit({ folder, now: new Date() });
        if (!first?.ok || first.records !== records) throw new Error(`the chain is not good: ${JSON.stringify(first)}`);
        verdict = `${first.signed} of ${first.records} signed`;
      });
      return [
        {
          name: `a query's line, p50 of ${queries}`,
          value: median(noted),
          unit: 'ms',
          goal: { is: 'at most', value: 0.3 },
          note: `p99 ${quantile(noted, 0.99).toFixed(3)} ms; nobody waits for the disk`,
        },
        {
          name: 'CPU of a record, hash and disk',
          value: (user + system) / 1000 / Math.max(1, records - before),
          unit: 'ms',
          goal: { is: 'at most', value: 0.3 },
        },
        { name: 'a sensitive act, intent and outcome on disk, p50 of 50', value: median(acted), unit: 'ms' },
        {
          name: 'records judged a second',
          value: records / (judging.wallMs / 1000),
          unit: 'records/s',
          note: `${(judging.wallMs / 1000).toFixed(1)} s for ${records}; ${verdict}`,
        },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
