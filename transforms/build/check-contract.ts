// Whether a table may be built by this program's model: what was promised of its rows must still hold, or a next version was accepted.
import { type Contract, compareContracts, Fault } from '@tessera/base';
import type { Model } from '../compile/model.ts';

/** MODEL_CONTRACT_NEWER where a newer program built it; MODEL_CONTRACT_BREAKS where the model breaks the version under which it was built. */
export function checkModelContract({ name, contract }: Model, built: Contract | undefined): void {
  if (built === undefined) return;
  const { version } = built;
  if (version > contract.version)
    throw new Fault('MODEL_CONTRACT_NEWER', { model: name, version, known: contract.version });
  if (version < contract.version) return;
  const breaking = compareContracts(built, contract).filter((change) => change.breaking);
  if (breaking.length === 0) return;
  throw new Fault('MODEL_CONTRACT_BREAKS', {
    ...{ model: name, version },
    what: breaking.map(({ what }) => what).join('; '),
  });
}
