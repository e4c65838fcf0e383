// reconcile: what came in is accounted for in what was built, before it may be released. Safe to repeat: it reads, and writes its own entry by the run's name.
import { reconcileRun } from '../ledger/reconcile-run.ts';
import type { Reconciled, RunState, Stage } from './contract.ts';

export const reconcile: Stage<RunState, Reconciled> = ({ needs, config }, state) => reconcileRun(needs, config, state);
