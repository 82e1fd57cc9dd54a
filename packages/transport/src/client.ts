/** The client alone: it loads no server and no validator, so that a command that uses it starts fast. */
export { createClient } from './http/client.js';
export type { CallOptions, Client, ClientOptions } from './http/client.js';
export type { HeldLease } from './http/held-lease.js';
export type { Fetch } from './http/send.js';
export { errorTable, isErrorCode } from './error-table.js';
export type { ErrorCode, ErrorEntry, Retry } from './error-table.js';
export { OperationError } from './operation-error.js';
export type { OperationErrorOptions, Refusal } from './operation-error.js';
export { routes } from './routes.js';
export type { OperationName } from './routes.js';
export type { LeaseScope } from './lease-scope.js';
export type { LeaseView } from './lease-view.js';
export type { SlotView } from './slot-view.js';
export type { OperationOutput, OperationRequest } from './operations/index.js';
export type { PoolStatus } from './operations/status.js';
export type { ReapedLease } from './operations/reaped.js';
export { toWire } from './wire/convert.js';
export type { Wire } from './wire/names.js';
