// The age of the newest data, source by source on one scale, split into what the source took and what we took.
import { formatDuration } from '../format/duration.ts';
import type { SourceReport } from './freshness-report.ts';
import { useSourceTitle } from './operations-frame.tsx';

export function LagPicture({ sources }: { readonly sources: readonly SourceReport[] }) {
  const titleOf = useSourceTitle();
  const ageOf = ({ sourceLagMs, servedLagMs }: SourceReport) => (sourceLagMs ?? 0) + (servedLagMs ?? 0);
  const oldest = Math.max(1, ...sources.map(ageOf));
  return (
    <section className="card" aria-labelledby="lag-title">
      <div className="card-head">
        <h2 id="lag-title">Age of the newest event</h2>
        <ul className="flow-legend">
          <li className="is-source-lag">the source took</li>
          <li className="is-pipeline-lag">Tessera took</li>
        </ul>
      </div>
      <ul className="lags">
        {sources.map((source) => {
          const { sourceLagMs, servedLagMs } = source;
          const theirs = ((sourceLagMs ?? 0) / oldest) * 100;
          const ours = ((servedLagMs ?? 0) / oldest) * 100;
          return (
            <li key={source.source} className="lag">
              <span className="lag-name">{titleOf(source.source)}</span>
              <svg className="lag-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                <rect className="lag-theirs" width={theirs} height="1" />
                <rect className="lag-ours" x={theirs} width={ours} height="1" />
              </svg>
              <span className="lag-words">
                {sourceLagMs === null && servedLagMs === null ? (
                  'No event yet'
                ) : (
                  <>
                    <strong>{formatDuration(source.dataAgeMs)}</strong>{' '}
                    <span className="lag-split">
                      = {formatDuration(sourceLagMs)} + {formatDuration(servedLagMs)}
                    </span>
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
