import { isErrorCode } from '@escarp/contract';
import { OperationError } from '@escarp/contract';
import { fromWire } from './convert.js';
import { isFields } from './fields.js';

/** Undefined for a body that is not an error of the contract. */
export function errorFromWire(body: unknown): OperationError | undefined {
  const read = fromWire(body);
  if (!isFields(read) || !isErrorCode(read['error'])) return undefined;
  const { error, ...options } = read;
  return new OperationError(error, options);
}
