// From an empty folder to three tenants with 180 days each: how long until ready, and with how much memory.
import { execFileSync } from 'node:child_process';
import { benchFolder } from '../bench-lake.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { startServer } from '../server-process.ts';

export const start: Benchmark = {
  name: 'start',
  about: 'npm start on an empty folder, three tenants × 180 days, until /readyz says 200',
  async run(say) {
    const { folder, remove } = benchFolder();
    try {
      const server = await startServer(folder);
      const { readyMs, peak, cpuMs, steps } = server;
      const after = server.memory();
      await server.close();
      for (const [step, ms] of steps) say(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${step}`);
      const bare = bareNode();
      const figures: Figure[] = [
        {
          name: 'start of the process to ready',
          value: readyMs / 1000,
          unit: 's',
          ratio: { value: readyMs / (cpuMs / 2), to: 'of its own CPU spread over two cores' },
          goal: { is: 'at most', value: 60 },
          note: steps.has('building the page') ? 'with the check of the built page' : '',
        },
        { name: 'CPU until ready, all processes', value: cpuMs / 1000, unit: 'CPU s' },
        {
          name: `peak memory until ready, ${peak.each.length} processes`,
          value: peak.rssMb,
          unit: 'MB',
          ratio: { value: peak.rssMb / bare, to: `of an empty Node (${Math.round(bare)} MB)` },
          goal: { is: 'at most', value: 1500 },
          note: `${peak.each.map((mb) => Math.round(mb)).join(' + ')} MB; pages that processes share count in each`,
        },
        { name: 'memory once ready', value: after.rssMb, unit: 'MB' },
      ];
      return figures.map(({ note, ...figure }) => ({ ...figure, ...(note ? { note } : {}) }));
    } finally {
      remove();
    }
  },
};

const bareNode = () =>
  Number(execFileSync(process.execPath, ['-p', 'process.memoryUsage().rss'], { encoding: 'utf8' })) / 1e6;
