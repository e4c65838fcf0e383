// How fresh each source is: its newest event, when it was last asked, and what that means.
import { formatInstant, formatMoment } from '../format/time.ts';
import type { Status } from './freshness.ts';
import { useTenant } from './tenant-context.ts';

const words: Record<Status, string> = {
  fresh: 'Fresh',
  quiet: 'Quiet',
  stale: 'Stale',
  failed: 'Failed',
};

export function FreshnessPanel() {
  const info = useTenant();
  return (
    <section className="freshness" aria-labelledby="freshness-title" id="freshness">
      <header>
        <h2 id="freshness-title">How fresh the data is</h2>
        <p>
          As of {formatInstant(info.asOf, info.timeZone)}, release {info.release.number}. Quiet is not stale: a quiet
          source was asked and had nothing new.
        </p>
      </header>
      <ul>
        {info.sources.map((source) => (
          <li key={source.source} className="source">
            <p className="source-title">
              <strong>{source.title}</strong>
              <span className={`status is-${source.status}`}>{words[source.status]}</span>
            </p>
            <dl>
              <div>
                <dt>Newest event</dt>
                <dd>
                  <Instant at={source.newestOccurredAt} />
                </dd>
              </div>
              <div>
                <dt>Last check</dt>
                <dd>
                  <Instant at={source.checkedAt} />
                </dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Instant({ at }: { readonly at: string | null }) {
  const { timeZone } = useTenant();
  if (at === null) return <>never</>;
  return (
    <time dateTime={at} title={formatInstant(at, timeZone)}>
      {formatMoment(at, timeZone)}
    </time>
  );
}
