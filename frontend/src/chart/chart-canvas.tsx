// Draws with ECharts: the only file that knows it, loaded apart from the first script.
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useShownTheme } from '../shell/theme.ts';
import { readPalette } from './palette.ts';
import { type Size, type Trend, trendOption } from './trend-option.ts';

use([LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

interface Props {
  readonly trend: Trend;
  readonly size: Size;
}

export function ChartCanvas({ trend, size }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const theme = useShownTheme();

  useEffect(() => {
    if (!element.current) return;
    const made = init(element.current, null, { renderer: 'svg' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    // The colours hang on the theme, which the style sheet has applied by now.
    if (element.current && theme)
      chart.current?.setOption(trendOption(trend, size, readPalette(element.current)), true);
  }, [trend, size, theme]);

  return <div ref={element} className={`chart chart-${size}`} />;
}
