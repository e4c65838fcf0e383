// Every hop against every harm: as in ledger.test.ts, for the pairs that are not there.
import { harms, places, testHarm } from './ledger.contract.ts';

const quick = ['raw-bronze lost', 'bronze-silver changed', 'silver-gold doubled'];
for (const place of places)
  for (const problem of Object.keys(harms) as (keyof typeof harms)[])
    if (!quick.includes(`${place.hop} ${problem}`)) testHarm(place, problem);
