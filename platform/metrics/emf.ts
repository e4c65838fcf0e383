// Metrics as lines that CloudWatch reads out of a log (Embedded Metric Format): gathered, and written once a minute.
import type { Observe } from '@tessera/base';
import { type MetricName, measurementsOf, metrics, tenantLabels } from './measurements.ts';

export interface EmfMetrics {
  readonly observe: Observe;
  /** Writes what was gathered since the last time; nothing where nothing was. */
  flush(): void;
}

/** The format's own bound on the values of one metric in one line. */
const mostValues = 100;

interface Series {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: number[];
}

/** One line a series; a histogram keeps its single values, so that CloudWatch can make percentiles of them. */
export function createEmfMetrics(write: (line: string) => void, tenants: number, now: () => Date): EmfMetrics {
  const label = tenantLabels(tenants);
  let gathered = new Map<string, Series>();
  const writeOut = ({ metric, labels, values }: Series) => {
    const named = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
    const about = {
      Namespace: 'Tessera',
      Dimensions: [Object.keys(named)],
      Metrics: [{ Name: metric, Unit: metrics[metric].unit }],
    };
    const value = values.length === 1 ? values[0] : values;
    const line = { _aws: { Timestamp: now().getTime(), CloudWatchMetrics: [about] }, ...named, [metric]: value };
    write(`${JSON.stringify(line)}\n`);
  };
  return {
    observe(event) {
      for (const { metric, labels, value } of measurementsOf(event, label)) {
        const key = JSON.stringify([metric, labels]);
        const series = gathered.get(key) ?? { metric, labels, values: [] };
        gathered.set(key, series);
        const { kind } = metrics[metric];
        if (kind === 'counter') series.values[0] = (series.values[0] ?? 0) + value;
        else if (kind === 'gauge') series.values[0] = value;
        else series.values.push(value);
        if (series.values.length === mostValues) {
          writeOut(series);
          gathered.delete(key);
        }
      }
    },
    flush() {
      const all = gathered;
      gathered = new Map();
      for (const series of all.values()) writeOut(series);
    },
  };
}
