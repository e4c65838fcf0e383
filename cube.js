// Front door to the semantic layer: which model, which engine and which gate Cube is given. Plain wiring; what it does is in platform/cube.
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { renderModel, subjects } from '@tessera/model';
import { createCube } from '@tessera/platform';

const model = renderModel(subjects);

const dialectModule = { module: import.meta.resolve('@tessera/lakehouse/cube-dialect'), name: 'TesseraDuckDbQuery' };

const noAudit = { note: () => {} };

/**
 * @param {{
 *   serving: import('@tessera/lakehouse').ServingDoor,
 *   verifyToken: import('@tessera/security').VerifyToken,
 *   decideRights: import('@tessera/security').DecideRights,
 *   audit?: Pick<import('@tessera/security').Audit, 'note'>,
 *   fairness?: import('@tessera/platform').Fairness,
 *   edge?: import('@tessera/platform').Edge,
 *   limitsOf?: (tenant: import('@tessera/base').Tenant) => import('@tessera/base').QueryLimits,
 *   observe: import('@tessera/base').Observe,
 * }} needs
 */
export const createTesseraCube = ({
  serving,
  verifyToken,
  decideRights,
  audit = noAudit,
  fairness,
  edge,
  limitsOf,
  observe,
}) =>
  createCube({
    model,
    driverFor: (tenant, release) => createCubeDriver(serving, tenant, release, limitsOf?.(tenant).timeoutMs),
    dialect: TesseraDuckDbQuery,
    dialectModule,
    releaseOf: (tenant) => serving.serving(tenant)?.number,
    verifyToken,
    decideRights,
    audit,
    fairness,
    edge,
    rowsOf: limitsOf && ((tenant) => limitsOf(tenant).rows),
    observe,
  });
