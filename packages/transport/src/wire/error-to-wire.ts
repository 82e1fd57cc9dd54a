import * as v from 'valibot';
import type { OperationError } from '../operation-error.js';
import { slotSchema } from '../slot-view.js';
import { toWire } from './convert.js';
import { outputWriter } from './output.js';

const writeSnapshot = outputWriter(v.array(slotSchema));

/** An error in the contract's shape. The fields of a refusal stand beside the rest. */
export function errorToWire(error: OperationError) {
  const { snapshot, ...refusal } = error.refusal;
  const { code, message, hint, retry, retryAfterS, details } = error;
  return {
    ...toWire({ error: code, message, hint, retry, retryAfterS, ...refusal, details }),
    snapshot: writeSnapshot(snapshot),
  };
}
