// Types of cube.js, for those who import it from TypeScript.
import type { Observe } from '@tessera/base';
import type { ServingDoor } from '@tessera/lakehouse';
import type { Cube } from '@tessera/platform';
import type { VerifyToken } from '@tessera/security';

export declare function createTesseraCube(needs: {
  readonly serving: ServingDoor;
  readonly verifyToken: VerifyToken;
  readonly observe: Observe;
}): Promise<Cube>;
