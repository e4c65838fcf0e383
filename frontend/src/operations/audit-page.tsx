// Who did what: the newest acts of the tenant's trail, narrowed by filters that live in the address.
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { type Column, SortableTable, type TableRow } from '../detail/sortable-table.tsx';
import { countOf } from '../format/number.ts';
import { formatInstant, formatMoment } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { type Act, fewActs, mostActs, parseTrail, trailPath } from './audit-trail.ts';
import { Answered, OperationsFrame } from './operations-frame.tsx';
import { usePlatform } from './use-platform.ts';

export function AuditPage() {
  const [params] = useSearchParams();
  const [now, setNow] = useState(() => Date.now());
  const path = useMemo(() => trailPath(params, now), [params, now]);
  const asking = usePlatform(path, parseTrail);
  const again = () => {
    setNow(Date.now());
    asking.again();
  };
  return (
    <OperationsFrame title="Audit trail" question="Who asked or did what, and what was refused?" again={again}>
      {asking.answer.state !== 'refused' && <AuditFilters />}
      <Answered what="The audit trail" asking={asking}>
        {(acts) => <Acts acts={acts} />}
      </Answered>
    </OperationsFrame>
  );
}

const columns: readonly Column[] = [
  { title: 'When' },
  { title: 'Decision' },
  { title: 'Action' },
  { title: 'Who', none: 'Nobody' },
  { title: 'By way of' },
  { title: 'On', none: '–' },
  { title: 'Rows', unit: 'count' },
  { title: 'Why', none: '–' },
  { title: 'Purpose', none: '–' },
];
const decisionLook: Readonly<Record<string, string>> = { allowed: 'fresh', denied: 'failed', failed: 'stale' };

function Acts({ acts }: { readonly acts: readonly Act[] }) {
  const { timeZone } = useTenant();
  const [params, setParams] = useSearchParams();
  if (acts.length === 0)
    return (
      <section className="card" aria-label="Acts">
        <EmptyPart words="Nothing in the trail fits these filters." />
      </section>
    );
  const most = params.get('most') === String(mostActs) ? mostActs : fewActs;
  const isCut = acts.length === most;
  return (
    <section className="card is-tall" aria-labelledby="acts-title">
      <h2 id="acts-title" className="for-readers">
        Acts
      </h2>
      <SortableTable
        caption={isCut ? `The newest ${most} acts` : countOf(acts.length, 'act', 'acts')}
        fileName="audit-trail.csv"
        columns={columns}
        rows={acts.map((act) => rowOf(act, timeZone))}
      />
      {isCut && most === fewActs && (
        <button
          type="button"
          className="button small more"
          onClick={() =>
            setParams(
              (now) =>
                new URLSearchParams([...now].filter(([name]) => name !== 'most').concat([['most', String(mostActs)]])),
            )
          }
        >
          Show up to {mostActs}
        </button>
      )}
      {isCut && most === mostActs && (
        <p className="part-empty">Older acts: narrow the filters, or read them by the API.</p>
      )}
    </section>
  );
}

function rowOf(act: Act, timeZone: string): TableRow {
  const { at, decision, kind, subject, isErased } = act;
  const what = kind === 'decision' ? decision : `${kind}: ${decision}`;
  return {
    key: act.id,
    cells: [
      ...[at, what, act.action, isErased ? 'erased' : subject, act.door, act.object, act.rows, act.why],
      act.purpose,
    ],
    first: (
      <time dateTime={at} title={formatInstant(at, timeZone)}>
        {formatMoment(at, timeZone)}
      </time>
    ),
    shown: { 1: <span className={`status is-${decisionLook[decision] ?? 'quiet'}`}>{what}</span> },
  };
}
