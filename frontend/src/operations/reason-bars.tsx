// Reasons with how many rows each took, largest first.
import { formatNumber } from '../format/number.ts';
import { EmptyPart } from '../tile/parts.tsx';
import { sayReason } from './reconciliation.ts';

export function ReasonBars({ reasons }: { readonly reasons: readonly (readonly [reason: string, rows: number])[] }) {
  const most = reasons[0]?.[1] ?? 0;
  if (reasons.length === 0) return <EmptyPart words="Nothing was left out." />;
  return (
    <ul className="bars">
      {reasons.map(([reason, rows]) => (
        <li key={reason} className="bar-row is-reason">
          <span>{sayReason(reason)}</span>
          <span className="bar-value">{formatNumber(rows, 'count')}</span>
          <svg className="bar-line" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect width={most === 0 ? 0 : Math.max(1, (rows / most) * 100)} height="1" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
