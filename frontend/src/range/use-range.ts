// The range and what else the address says about the question: the one place where components read it.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Narrowing, Scope } from '../metrics/queries.ts';
import { useTenant } from '../tenant/tenant-context.ts';
import { readNarrowings } from './narrowing-url.ts';
import {
  defaultGranularity,
  type Granularity,
  granularities,
  lastDay,
  type RangeChoice,
  rangeOf,
  readRange,
} from './range.ts';

export interface Question {
  readonly choice: RangeChoice;
  readonly problem: string | undefined;
  readonly scope: Scope;
  readonly granularity: Granularity;
}

/** Narrowings by dimensions that are not in `known` are ignored: an address is not trusted. */
export function useQuestion(known: readonly string[] = []): Question {
  const [params] = useSearchParams();
  const { asOf } = useTenant();
  const names = known.join(',');
  return useMemo(() => {
    const { choice, problem } = readRange(params, asOf);
    const range = rangeOf(choice, asOf);
    const narrowings: readonly Narrowing[] = readNarrowings(params, names === '' ? [] : names.split(','));
    const per = granularities.find((granularity) => granularity === params.get('per'));
    return {
      choice,
      problem,
      scope: { range, isLatest: range.to === lastDay(asOf), narrowings },
      granularity: per ?? defaultGranularity(range),
    };
  }, [params, asOf, names]);
}
