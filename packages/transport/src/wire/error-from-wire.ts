import { isErrorCode, type ErrorCode } from '../error-table.js';
import { OperationError, type OperationErrorOptions } from '../operation-error.js';
import { fromWire } from './convert.js';

/** Undefined for a body that is no error of the contract. */
export function errorFromWire(body: unknown): OperationError | undefined {
  const read = fromWire(body) as ({ error?: unknown } & OperationErrorOptions) | null | undefined;
  if (typeof read !== 'object' || read === null || !isErrorCode(read.error)) return undefined;
  const { error, ...options } = read as { error: ErrorCode } & OperationErrorOptions;
  return new OperationError(error, options);
}
