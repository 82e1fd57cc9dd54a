import type { OperationName } from '../routes.js';
import type { Fields } from '../wire/fields.js';
import { parseInput } from '../wire/input.js';
import { operations } from './index.js';

/**
 * Checks a request as the daemon will, for a caller that does something else before it sends the request, such as leasing
 * the slot that it is about.
 *
 * @throws OperationError `bad_request` that names the field, or `missing_*`.
 */
export function checkRequest(operation: OperationName, input: Fields): void {
  parseInput(operations[operation].input, input);
}
