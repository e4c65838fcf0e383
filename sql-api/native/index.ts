// The door: the names that Cube's packages import from @cubejs-backend/native. It imports nothing, because every transpiler worker loads it.
export * from './absent.ts';
export { getFinalQueryResult, getFinalQueryResultMulti } from './final-result.ts';
export { ResultArrayWrapper, ResultMultiWrapper, ResultWrapper } from './result-wrapper.ts';
export { rowsToColumnar } from './table.ts';
