// The ledger of one run: lines for what it brought and for what no release has yet; what does not balance stops the release and is told once.
import { Fault } from '@tessera/base';
import { openTables } from '@tessera/transforms';
import { isSameVersions } from '../same-versions.ts';
import type { Reconciled, RunNeeds, RunState, StreamState } from '../stages/contract.ts';
import { ownerOf, type TenantConfig } from '../tenant-config.ts';
import { isOpen } from './balance.ts';
import type { LedgerLine, OpenLedger, OpenPages } from './contract.ts';
import { openLedger } from './ledger-store.ts';
import { modelLines } from './model-lines.ts';
import { otherParts, type PartToCheck, type RawNeeds, rawLines } from './raw-lines.ts';

/** LEDGER_UNBALANCED where a row is unaccounted for. A run without anything new, with nothing open, reads and writes nothing here. */
export async function reconcileRun(needs: RunNeeds, config: TenantConfig, state: RunState): Promise<Reconciled> {
  const { lake, engine, now, observe } = needs;
  const { run, merged } = state;
  if (merged === undefined) throw new Error('nothing was built');
  const store = openLedger(lake);
  const staged = state.sources.flatMap(({ streams = [] }) => streams.filter((one) => one.staged !== undefined));
  const before = await lake.releases.get(merged.before);
  const inputs = await withRows(openTables(lake, needs.models), merged.inputs, before?.inputs);
  const isNews = before === undefined || !isSameVersions(inputs, before.inputs);
  if (staged.length === 0 && !isNews) return { unexplained: 0 };
  const open = await store.open();

  const parts = await partsOf(needs, config, staged, inputs, before?.inputs, open);
  const lines: LedgerLine[] = [];
  const openPages: OpenPages[] = [];
  const its: RawNeeds = {
    ...{ lake, engine, orgId: config.orgId },
    ownerOf: (source, stream) => ownerOf(config, source, stream),
  };
  for (const part of parts) {
    const found = await rawLines(its, part);
    lines.push(...found);
    const { source, stream, run: of, toStage, records, checksum } = part;
    if (found.some(isOpen))
      openPages.push({ source, stream, run: of, toStage, records, ...(checksum && { checksum }) });
  }
  const tables = openTables(lake, needs.models);
  // A release that is rolled back holds its tables still: there is nothing built to compare.
  if (isNews && before?.rolledBackTo === undefined)
    lines.push(...(await engine.session((session) => modelLines(session, tables, inputs, before))));

  const wrong = lines.filter(isOpen);
  const at = now().toISOString();
  const isQuiet =
    !isNews && wrong.length === 0 && staged.every((one) => one.staged?.rows === 0 && one.staged.quarantined === 0);
  // The same records again, as an overlap brings them each time, are looked at and are no entry.
  if (lines.length > 0 && !isQuiet)
    await store.putEntry({ tenant: lake.tenant, run, at, balanced: wrong.length === 0, lines });
  const [worst] = wrong;
  if (worst === undefined) {
    if (open !== undefined) {
      await store.putOpen(undefined);
      observe({ event: 'ledger.balanced', tenant: lake.tenant, run });
    }
    for (const { source, stream, run: of } of parts) await store.dropAccount(of, source, stream);
    return { unexplained: 0 };
  }
  await store.putOpen({ run: open?.run ?? run, since: open?.since ?? at, lines: wrong, pages: openPages });
  const { hop, object, date, unexplained, problem } = worst;
  // One alert, however many runs find it, until it is balanced.
  if (open === undefined || !isSameTrouble(open.lines, wrong))
    observe({
      event: 'ledger.unbalanced',
      tenant: lake.tenant,
      run,
      hop,
      object,
      date,
      unexplained,
      lines: wrong.length,
    });
  const rows = Math.abs(unexplained) || worst.to;
  throw new Fault('LEDGER_UNBALANCED', {
    tenant: lake.tenant,
    hop,
    object,
    date,
    problem: problem ?? 'changed',
    rows,
    lines: wrong.length,
  });
}

/** Versions as the release had them, where since then only a cursor moved. */
async function withRows(
  tables: ReturnType<typeof openTables>,
  now: Readonly<Record<string, number>>,
  released: Readonly<Record<string, number>> | undefined,
): Promise<Readonly<Record<string, number>>> {
  if (released === undefined) return now;
  const seen: Record<string, number> = { ...now };
  for (const [name, version] of Object.entries(now)) {
    const before = released[name];
    if (before === undefined || before === version) continue;
    const table = tables.get(name);
    if (table !== undefined && (await table.scanAddedSince(before)) === undefined) seen[name] = before;
  }
  return seen;
}

const isSameTrouble = (a: readonly LedgerLine[], b: readonly LedgerLine[]) => {
  const told = (lines: readonly LedgerLine[]) =>
    new Set(lines.map(({ hop, object, date }) => `${hop} ${object} ${date}`));
  const known = told(a);
  return [...told(b)].every((line) => known.has(line));
};

/** This run's parts, those that were open, and those that are in bronze and in no release: of a run that broke off, of a backfill. */
async function partsOf(
  needs: RunNeeds,
  config: TenantConfig,
  staged: readonly StreamState[],
  inputs: Readonly<Record<string, number>>,
  released: Readonly<Record<string, number>> | undefined,
  open: OpenLedger | undefined,
): Promise<PartToCheck[]> {
  const parts: PartToCheck[] = [];
  const listFrom = new Date(needs.now().getTime() - 2 * 86_400_000);
  for (const { source, stream, run, fetched } of staged) {
    const facts = factsOf(needs, source, stream);
    if (facts && fetched)
      parts.push({
        source,
        stream,
        run,
        facts,
        toStage: fetched.toStage,
        records: fetched.records,
        checksum: fetched.checksum,
        since: fetched.version,
        listFrom,
      });
  }
  const has = (source: string, stream: string) =>
    new Set(parts.filter((part) => part.source === source && part.stream === stream).map(({ run }) => run));
  for (const page of open?.pages ?? []) {
    const facts = factsOf(needs, page.source, page.stream);
    if (facts && !has(page.source, page.stream).has(page.run)) parts.push({ ...page, facts, since: undefined });
  }
  if (released === undefined) return parts;
  for (const { source } of config.connections) {
    for (const facts of needs.connectors.find((one) => one.source === source)?.streams ?? []) {
      const name = `${source}__${facts.name}`;
      const since = released[name] ?? -1;
      if (inputs[name] === undefined || inputs[name] === since) continue;
      parts.push(...(await otherParts(needs, source, facts, since, has(source, facts.name))));
    }
  }
  return parts;
}

const factsOf = ({ connectors }: Pick<RunNeeds, 'connectors'>, source: string, stream: string) =>
  connectors.find((one) => one.source === source)?.streams.find(({ name }) => name === stream);
