// Measures that belong beside the number, so that it cannot be read alone.
import { formatNumber, type Unit } from '../format/number.ts';

interface Props {
  readonly companions: readonly {
    readonly measure: string;
    readonly title: string;
    readonly unit: Unit;
    readonly value: number | null | undefined;
  }[];
}

export function Companions({ companions }: Props) {
  return (
    <dl className="companions">
      {companions.map(({ measure, title, unit, value }) => (
        <div key={measure}>
          <dt>{title}</dt>
          <dd>
            <data value={value ?? ''}>{formatNumber(value, unit)}</data>
          </dd>
        </div>
      ))}
    </dl>
  );
}
