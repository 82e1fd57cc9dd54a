export { errorTable, errorWords, isErrorCode } from './error-table.js';
export type { ErrorCode, ErrorEntry, ErrorWords, Retry, Surface } from './error-table.js';
export type { LeaseScope } from './lease-scope.js';
export { slotsMax } from './pool-limits.js';
