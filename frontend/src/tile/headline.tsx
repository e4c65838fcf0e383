// The number, how it moved, what it is made of, and who was left out.
import { formatChange, formatNumber, hoursInDays, numberParts } from '../format/number.ts';
import { formatDay, formatLength } from '../format/time.ts';
import { changeOf } from '../metrics/answers.ts';
import type { Metric } from '../metrics/metric.ts';
import { isPast, type Scope } from '../metrics/queries.ts';
import { addDays } from '../range/day.ts';
import type { Headline } from './use-metric-answers.ts';

interface Props {
  readonly metric: Metric;
  readonly scope: Scope;
  readonly headline: Headline;
}
const moods = { good: 'better', bad: 'worse', same: 'unchanged' } as const;
const arrow = (by: number): string => (by > 0 ? '↑' : '↓');

export function HeadlineView({ metric, scope, headline }: Props) {
  const value = headline.numbers[metric.value];
  const { number, unit } = numberParts(value, metric.unit);
  const days = metric.unit === 'hours' ? hoursInDays(value) : undefined;
  return (
    <div className="headline">
      <p className="headline-number">
        <data value={value ?? ''} className="number">
          {number}
          {unit && <span className="unit">{unit}</span>}
        </data>
        {days && <span className="number-also">{days}</span>}
        <Change metric={metric} scope={scope} headline={headline} />
      </p>
      <p className="headline-words">
        {headline.numbers[metric.denominator] ? metric.sentence(headline.numbers) : 'Nothing to count in this range'}
      </p>
      <p className="headline-excluded">{sayExcluded(metric, scope, headline)}</p>
    </div>
  );
}

function Change({ metric, scope, headline }: Props) {
  const change = changeOf(headline.numbers[metric.value], headline.before, metric.better);
  const against =
    metric.kind === 'state'
      ? `since ${formatDay(addDays(scope.range.from, -1))}`
      : `vs ${formatLength(scope.range)} before`;
  if (!change) return <span className="change">no earlier number</span>;
  return (
    <span className="change">
      <span className={`change-by is-${change.mood}`}>
        {change.mood !== 'same' && <span aria-hidden="true">{arrow(change.by)} </span>}
        {formatChange(change.by, metric.unit)}
        <span className="for-readers"> ({moods[change.mood]})</span>
      </span>{' '}
      {against}
    </span>
  );
}

/** The fourth part of every answer: how many are in neither side, and why. */
function sayExcluded(metric: Metric, scope: Scope, headline: Headline): string {
  const parts = metric.excluded
    .filter(({ isNowOnly }) => !(isPast(metric, scope) && isNowOnly))
    .map(({ measure, words }) => `${formatNumber(headline.numbers[measure], 'count')} ${words}`);
  if (parts.length === 0) return metric.neverCounted ?? 'Nothing is left out.';
  return `Not counted: ${parts.join(', ')}`;
}
