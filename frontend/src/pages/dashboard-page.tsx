// The dashboard of a tenant: the five core metrics over one range, and how fresh they are.
import { useEffect } from 'react';
import { metrics } from '../metrics/metrics.ts';
import { RangePicker } from '../range/range-picker.tsx';
import { useQuestion } from '../range/use-range.ts';
import { FreshnessPanel } from '../tenant/freshness-panel.tsx';
import { useTenant } from '../tenant/tenant-context.ts';
import { Tile } from '../tile/tile.tsx';

export function DashboardPage() {
  const info = useTenant();
  const question = useQuestion();
  useEffect(() => {
    document.title = `${info.displayName} · Tessera`;
  }, [info.displayName]);
  return (
    <>
      <div className="page-head">
        <h1>Overview</h1>
        <RangePicker />
      </div>
      {question.problem && (
        <p className="notice" role="status">
          {question.problem} Showing the last 30 days.
        </p>
      )}
      <div className="tiles">
        {metrics.map((metric) => (
          <Tile key={metric.id} metric={metric} question={question} />
        ))}
      </div>
      <FreshnessPanel />
    </>
  );
}
