export * from './client.js';
export type { Access, Call, Operation } from './operation.js';
export { operations } from './operations/index.js';
export type { OperationHandlers, OperationInput } from './operations/index.js';
export { createHttpApp } from './http/app.js';
export type { HttpAppOptions } from './http/app.js';
export type { GuardOptions } from './http/guard.js';
export type { TokenOptions } from './http/token-check.js';
