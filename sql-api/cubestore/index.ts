// Stands in for @cubejs-backend/cubestore, whose binary is not in the npm registry; roll-ups live in the tenant's own engine, so nothing is needed of it.
export {};
