// Front door to the semantic layer: which model, which engine and which gate Cube is given. Plain wiring; what it does is in platform/cube.
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { renderModel, subjects } from '@tessera/model';
import { createCube } from '@tessera/platform';

/**
 * @param {{
 *   serving: import('@tessera/lakehouse').ServingDoor,
 *   verifyToken: import('@tessera/security').VerifyToken,
 *   observe: import('@tessera/base').Observe,
 * }} needs
 */
export const createTesseraCube = ({ serving, verifyToken, observe }) =>
  createCube({
    model: renderModel(subjects),
    driverFor: (tenant, release) => createCubeDriver(serving, tenant, release),
    dialect: TesseraDuckDbQuery,
    releaseOf: (tenant) => serving.serving(tenant)?.number,
    verifyToken,
    observe,
  });
