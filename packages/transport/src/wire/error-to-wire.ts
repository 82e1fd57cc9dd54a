import * as v from 'valibot';
import type { OperationError } from '../operation-error.js';
import { slotSchema } from '../slot-view.js';
import { toWire } from './convert.js';

const snapshotSchema = v.optional(v.array(slotSchema));

/** An error in the contract's shape. The fields of a refusal stand beside the rest. */
export function errorToWire(error: OperationError) {
  return toWire({
    error: error.code,
    message: error.message,
    hint: error.hint,
    retry: error.retry,
    retryAfterS: error.retryAfterS,
    ...error.refusal,
    // Parsing drops what a slot's public view does not have, should the snapshot be made of wider objects.
    snapshot: v.parse(snapshotSchema, error.refusal.snapshot),
    details: error.details,
  });
}
