// How a trend is drawn, as ECharts' data: a line with its axis, the period before as a dashed line, gaps left as gaps.
import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber, type Unit } from '../format/number.ts';
import { formatDay, formatLongDay } from '../format/time.ts';
import type { Bucket, Granularity } from '../range/range.ts';
import { axisOf } from './axis.ts';
import type { Palette } from './palette.ts';

export interface Trend {
  readonly title: string;
  readonly unit: Unit;
  readonly granularity: Granularity;
  readonly buckets: readonly Bucket[];
  readonly values: readonly (number | null)[];
  /** The same length or shorter; position by position. */
  readonly before?: readonly (number | null)[];
}

const sizes = {
  tile: { top: 10, bottom: 4, width: 2, labels: 3 },
  page: { top: 16, bottom: 4, width: 2.5, labels: 7 },
} as const;
export type Size = keyof typeof sizes;

const tick = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short', year: 'numeric' });

/** 3 Nov 2026; Week of 2 Nov 2026; Nov 2026. */
export function sayBucket(bucket: Bucket, granularity: Granularity): string {
  if (granularity === 'day') return formatLongDay(bucket.from);
  if (granularity === 'month') return month.format(new Date(`${bucket.from}T00:00:00Z`));
  return `Week of ${formatLongDay(bucket.key.slice(0, 10))}`;
}

/** What the pointer shows, built as elements so that no text of the data can become markup. */
function tooltipOf(trend: Trend, index: number): HTMLElement {
  const box = document.createElement('div');
  const add = (className: string, text: string) => {
    const line = document.createElement('div');
    line.className = className;
    line.textContent = text;
    box.append(line);
  };
  const bucket = trend.buckets[index];
  if (!bucket) return box;
  box.className = 'chart-tip';
  add('chart-tip-when', `${sayBucket(bucket, trend.granularity)}${bucket.isPartial ? ' (in part)' : ''}`);
  add('chart-tip-value', formatNumber(trend.values[index], trend.unit));
  if (trend.before) add('chart-tip-before', `${formatNumber(trend.before[index], trend.unit)} the period before`);
  return box;
}

/** Dots only where a line would hide the point: a value between two gaps. */
const isAlone = (values: readonly (number | null)[], index: number): boolean =>
  values[index] != null && values[index - 1] == null && values[index + 1] == null;

/** Positions of first, last and some between, evenly: an axis that does not say where it ends misleads. */
function evenly(length: number, steps: number): ReadonlySet<number> {
  const count = Math.min(steps, length - 1);
  if (count < 1) return new Set([0]);
  return new Set(Array.from({ length: count + 1 }, (_, step) => Math.round((step * (length - 1)) / count)));
}

/** Ticks are round numbers: no more digits than they have. */
function sayTick(value: number, unit: Unit): string {
  const suffix: Record<Unit, string> = { percent: '%', hours: ' h', count: '', ratio: '' };
  return `${tick.format(value)}${suffix[unit]}`;
}

export function trendOption(trend: Trend, size: Size, palette: Palette): EChartsCoreOption {
  const { top, bottom, width, labels } = sizes[size];
  const labelled = evenly(trend.buckets.length, labels);
  const axisText = { color: palette.muted, fontSize: size === 'tile' ? 11 : 12, fontFamily: 'inherit' };
  const isPercent = trend.unit === 'percent';
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 4, right: 10, top, bottom, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.grid,
      padding: [8, 12],
      textStyle: { color: palette.ink, fontFamily: 'inherit' },
      axisPointer: { type: 'line', lineStyle: { color: palette.muted, type: 'dashed' } },
      formatter: (params: readonly { readonly dataIndex: number }[]) => tooltipOf(trend, params[0]?.dataIndex ?? -1),
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: trend.buckets.map((bucket) =>
        trend.granularity === 'month' ? month.format(new Date(`${bucket.from}T00:00:00Z`)) : formatDay(bucket.from),
      ),
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      axisLabel: {
        ...axisText,
        interval: (index: number) => labelled.has(index),
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'value',
      ...axisOf([...trend.values, ...(trend.before ?? [])], size === 'tile' ? 2 : 4, isPercent),
      axisLabel: { ...axisText, formatter: (value: number) => sayTick(value, trend.unit) },
      splitLine: { lineStyle: { color: palette.grid } },
    },
    series: [
      ...(trend.before
        ? [
            {
              type: 'line',
              name: 'before',
              data: trend.before,
              symbol: 'none',
              silent: true,
              lineStyle: { color: palette.muted, width: 1.5, type: 'dashed' },
            },
          ]
        : []),
      {
        type: 'line',
        name: trend.title,
        data: trend.values.map((value, index) => ({ value, symbol: isAlone(trend.values, index) ? 'circle' : 'none' })),
        symbolSize: 6,
        connectNulls: false,
        lineStyle: { color: palette.line, width, join: 'round' },
        itemStyle: { color: palette.line },
        areaStyle: { color: palette.line, opacity: 0.08, origin: 'start' },
        emphasis: { disabled: true },
      },
    ],
  };
}
