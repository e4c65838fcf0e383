// The second door of lakehouse, for the semantic layer's wiring alone: loading Cube's compiler takes seconds, which nobody else should pay.
export { TesseraDuckDbQuery } from './cube-dialect.ts';
export { createCubeDriver } from './cube-driver.ts';
