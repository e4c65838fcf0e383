// The Cube client of a signed-in caller.
import cube from '@cubejs-client/core';
import type { CubeProvider } from '@cubejs-client/react';
import type { ComponentProps } from 'react';

export type HookClient = ComponentProps<typeof CubeProvider>['cubeApi'];

/** The hooks' package declares its own copy of the client's type; the bundle holds one client. */
export function clientOf(accessToken: string, apiUrl: string): HookClient {
  const client: unknown = cube(`Bearer ${accessToken}`, { apiUrl, castNumerics: true, pollInterval: 1 });
  return client as HookClient;
}
