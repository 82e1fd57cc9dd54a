import * as v from 'valibot';
import type { Surface } from '@escarp/contract';
import type { OperationError } from '@escarp/contract';
import { slotSchema } from '../slot-view.js';
import { toWire } from './convert.js';
import { outputWriter } from './output.js';

const writeSnapshot = outputWriter(v.array(slotSchema));

/** An error as the contract defines it. The fields of a refusal are top-level fields. */
export function errorToWire(error: OperationError, surface: Surface = 'http') {
  const { snapshot, ...refusal } = error.refusal;
  const { code, retry, retryAfterS, details } = error;
  return {
    ...toWire({ error: code, ...error.wordsOn(surface), retry, retryAfterS, ...refusal, details }),
    snapshot: writeSnapshot(snapshot),
  };
}
