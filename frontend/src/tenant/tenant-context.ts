// The tenant's facts for every component of its area.
import { createContext, useContext } from 'react';
import type { TenantInfo } from './freshness.ts';

export const TenantContext = createContext<TenantInfo | undefined>(undefined);

/** Only inside the tenant's area, where the facts are known. */
export function useTenant(): TenantInfo {
  const info = useContext(TenantContext);
  if (!info) throw new Error('The tenant is known only inside its own area.');
  return info;
}
