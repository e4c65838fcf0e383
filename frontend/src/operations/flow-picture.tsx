// Rows on their way, a line a source: each hop narrows by what was left out, with the reason below. Green came through, grey has a reason, red has none.
import { countOf, formatNumber } from '../format/number.ts';
import { useSourceTitle } from './operations-frame.tsx';
import { type HopSum, hopTitles, type SourceFlow, sayReason } from './reconciliation.ts';

const height = 36;
const shownReasons = 2;

export function FlowPicture({ flows }: { readonly flows: readonly SourceFlow[] }) {
  const titleOf = useSourceTitle();
  return (
    <section className="card" aria-labelledby="flow-title">
      <div className="card-head">
        <h2 id="flow-title">From source to gold</h2>
        <ul className="flow-legend">
          <li className="is-through">came through</li>
          <li className="is-reasoned">left out, with a reason</li>
          <li className="is-unexplained">unexplained</li>
        </ul>
      </div>
      <ul className="flows">
        {flows.map(({ source, hops }) => (
          <li key={source ?? 'several'} className="flow" data-source={source ?? 'several'}>
            <h3>{titleOf(source)}</h3>
            <ol className="flow-hops">
              {hops.map((hop) => (
                <HopPicture key={hop.hop} sum={hop} />
              ))}
            </ol>
          </li>
        ))}
      </ul>
    </section>
  );
}

function HopPicture({ sum }: { readonly sum: HopSum }) {
  const [from, to] = hopTitles[sum.hop];
  const most = Math.max(sum.from, sum.to, 1);
  const left = Math.max(1, (sum.from / most) * height);
  const right = Math.max(1, (sum.to / most) * height);
  const differences = [
    ...sum.reasons.map(([reason, rows]) => `−${formatNumber(rows, 'count')} ${reason}`),
    ...sum.added.map(([reason, rows]) => `+${formatNumber(rows, 'count')} ${reason}`),
  ];
  const rest = differences.length - shownReasons;
  return (
    <li className={`hop is-${sum.hop} ${sum.unexplained === 0 ? '' : 'is-bad'}`} data-hop={sum.hop}>
      <p className="hop-ends">
        <span>
          <span className="hop-name">{from}</span>
          <data value={sum.from}>{formatNumber(sum.from, 'count')}</data>
        </span>
        <span className="hop-arrow" aria-hidden="true">
          →
        </span>
        <span>
          <span className="hop-name">{to}</span>
          <data value={sum.to}>{formatNumber(sum.to, 'count')}</data>
        </span>
      </p>
      <svg className="hop-picture" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <rect className="hop-whole" width="100" height={Math.max(left, right)} />
        <path className="hop-through" d={`M0 0H100V${right}C50 ${right} 50 ${left} 0 ${left}Z`} />
      </svg>
      {sum.unexplained !== 0 && <p className="hop-problem">{countOf(sum.unexplained, 'row', 'rows')} unexplained</p>}
      {differences.length > 0 && (
        <ul className="hop-reasons">
          {differences.slice(0, shownReasons).map((words) => (
            <li key={words}>{sayReason(words)}</li>
          ))}
          {rest > 0 && <li>and {countOf(rest, 'reason', 'reasons')} more, below</li>}
        </ul>
      )}
    </li>
  );
}
