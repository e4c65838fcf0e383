// Where every row went: from source to gold by hop, with the reasons for each difference, and what holds releases back.
import { useState } from 'react';
import { type Column, SortableTable } from '../detail/sortable-table.tsx';
import { countOf, formatNumber } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { EmptyPart } from '../tile/parts.tsx';
import { FlowPicture } from './flow-picture.tsx';
import { HeldBack } from './held-back.tsx';
import { ObjectLines } from './object-lines.tsx';
import { Answered, Figure, OperationsFrame, useSourceTitle } from './operations-frame.tsx';
import { ReasonBars } from './reason-bars.tsx';
import {
  addUp,
  flowBySource,
  hopTitles,
  type LedgerRun,
  parseReconciliation,
  type Reconciliation,
  sayDifferences,
  sayReason,
  sumHop,
} from './reconciliation.ts';
import { usePlatform } from './use-platform.ts';

export function ReconciliationPage() {
  const asking = usePlatform('/reconciliation', parseReconciliation);
  return (
    <OperationsFrame
      title="Reconciliation"
      question="Is every row that a source gave accounted for?"
      again={asking.again}
    >
      <Answered what="The reconciliation" asking={asking}>
        {(ledger) => <Ledger ledger={ledger} />}
      </Answered>
    </OperationsFrame>
  );
}

function Ledger({ ledger }: { readonly ledger: Reconciliation }) {
  const { timeZone } = useTenant();
  const [chosen, choose] = useState<string>();
  const run = ledger.runs.find((one) => one.run === chosen) ?? ledger.runs[0];
  return (
    <>
      <Balance ledger={ledger} run={run} />
      <HeldBack ledger={ledger} />
      {run === undefined ? (
        <section className="card" aria-label="Runs">
          <EmptyPart words="No run has brought rows yet. The first one that does appears here." />
        </section>
      ) : (
        <>
          {ledger.runs.length > 1 && (
            <label className="field is-inline">
              Run
              <select value={run.run} onChange={(event) => choose(event.target.value)}>
                {ledger.runs.map((one) => (
                  <option key={one.run} value={one.run}>
                    {formatInstant(one.at, timeZone)}
                    {one.balanced ? '' : ' (unbalanced)'}
                  </option>
                ))}
              </select>
            </label>
          )}
          <FlowPicture flows={flowBySource(run.objects)} />
          <div className="detail">
            <section className="card is-definition is-wide-bars" aria-labelledby="reasons-title">
              <h2 id="reasons-title">Why rows are left out</h2>
              <ReasonBars reasons={addUp(run.objects.map(({ reasons }) => reasons))} />
            </section>
            <section className="card is-definition is-explained" aria-labelledby="objects-title">
              <h2 id="objects-title" className="for-readers">
                Objects
              </h2>
              <ObjectTable run={run} />
            </section>
          </div>
        </>
      )}
    </>
  );
}

function Balance({ ledger, run }: { readonly ledger: Reconciliation; readonly run: LedgerRun | undefined }) {
  const { timeZone } = useTenant();
  const objects = run?.objects ?? [];
  const given = sumHop(
    'source-raw',
    objects.filter(({ hop }) => hop === 'source-raw'),
  );
  const gold = sumHop(
    'silver-gold',
    objects.filter(({ hop }) => hop === 'silver-gold'),
  );
  const leftOut = addUp(objects.map(({ reasons }) => reasons)).reduce((total, [, rows]) => total + rows, 0);
  const unexplained = objects.reduce((total, flow) => total + flow.unexplained, 0);
  const waiting = ledger.waiting.reduce((total, { quarantined }) => total + quarantined, 0);
  const count = (value: number) => formatNumber(value, 'count');
  return (
    <section className="card balance" aria-labelledby="balance-title">
      <div>
        <h2 id="balance-title" className={ledger.balanced ? 'verdict is-good' : 'verdict is-bad'}>
          {ledger.balanced ? 'Every row is accounted for' : 'Rows are unaccounted for'}
        </h2>
        <p className="page-question">
          {run ? `Rows of the run of ${formatInstant(run.at, timeZone)}.` : 'Nothing has been counted yet.'}
        </p>
      </div>
      <dl className="figures">
        <Figure name="Given by sources" value={count(given.from)} exact={given.from} />
        <Figure name="In gold" value={count(gold.to)} exact={gold.to} />
        <Figure name="Left out, with a reason" value={count(leftOut)} exact={leftOut} />
        <Figure
          name="Unexplained"
          value={count(unexplained)}
          exact={unexplained}
          tone={unexplained === 0 ? 'good' : 'bad'}
        />
        <Figure name="In quarantine" value={count(waiting)} exact={waiting} tone={waiting === 0 ? undefined : 'warn'} />
      </dl>
    </section>
  );
}

const columns: readonly Column[] = [
  { title: 'Object' },
  { title: 'Source' },
  { title: 'Hop' },
  { title: 'From', unit: 'count' },
  { title: 'To', unit: 'count' },
  { title: 'Unexplained', unit: 'count' },
  { title: 'Why they differ', none: '–' },
];

function ObjectTable({ run }: { readonly run: LedgerRun }) {
  const titleOf = useSourceTitle();
  const [opened, open] = useState<string>();
  return (
    <>
      <SortableTable
        caption={`${countOf(run.objects.length, 'object', 'objects')}, hop by hop`}
        fileName={`reconciliation-${run.run}.csv`}
        columns={columns}
        rows={run.objects.map((flow) => {
          const why = sayDifferences(flow);
          const hop = hopTitles[flow.hop].join(' → ');
          return {
            key: `${flow.hop} ${flow.source} ${flow.object}`,
            first: (
              <button
                type="button"
                className="button small"
                aria-label={`${flow.object}, ${hop}: day by day`}
                onClick={() => open(flow.object)}
              >
                {flow.object}
              </button>
            ),
            cells: [flow.object, titleOf(flow.source), hop, flow.from, flow.to, flow.unexplained, why || null],
            shown: {
              5: flow.unexplained === 0 ? undefined : <strong className="is-unexplained">{flow.unexplained}</strong>,
              6: why === '' ? undefined : sayReason(why),
            },
          };
        })}
      />
      {opened !== undefined && run.objects.some(({ object }) => object === opened) && (
        <ObjectLines key={`${run.run} ${opened}`} run={run.run} object={opened} close={() => open(undefined)} />
      )}
    </>
  );
}
