// Groups with their numbers and bars, as a list of links that narrow the page to a group. Negative numbers grow to the left.
import { Link } from 'react-router';
import { formatNumber, type Unit } from '../format/number.ts';
import type { Group } from '../metrics/answers.ts';

interface Props {
  readonly groups: readonly Group[];
  readonly unit: Unit;
  readonly label: string;
  /** What stands behind the number, small: '12 of 14'. */
  readonly basis: (group: Group) => string;
  /** Undefined where the page cannot be narrowed by this dimension. */
  readonly linkOf: (group: Group) => string | undefined;
}

export function BarList({ groups, unit, label, basis, linkOf }: Props) {
  const values = groups.map(({ value }) => value ?? 0);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const full = unit === 'percent' && low === 0 ? 100 : high - low || 1;
  const zero = (-low / full) * 100;
  return (
    <ul className="bars" aria-label={label}>
      {groups.map((group) => {
        const value = group.value ?? 0;
        const width = (Math.abs(value) / full) * 100;
        const style = { left: `${value < 0 ? zero - width : zero}%`, width: `${width}%` };
        const link = linkOf(group);
        return (
          <li key={group.key ?? 'null'} className="bar-row">
            <span className="bar-label" title={group.label}>
              {link ? <Link to={link}>{group.label}</Link> : group.label}
            </span>
            <span className="bar-basis">{basis(group)}</span>
            <span className="bar-value">{formatNumber(group.value, unit)}</span>
            <span className="bar-track" aria-hidden="true">
              <span className={value < 0 ? 'bar-fill is-negative' : 'bar-fill'} style={style} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
