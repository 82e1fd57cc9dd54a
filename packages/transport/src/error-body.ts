import * as v from 'valibot';
import { errorTable } from '@escarp/contract';
import { count, seconds } from './quantities.js';
import { slotSchema } from './slot-view.js';

/** The body of every answer that is not a success, for the documents. */
export const errorBodySchema = v.object({
  error: v.picklist(Object.keys(errorTable)),
  message: v.string(),
  hint: v.string(),
  retry: v.picklist(['never', 'later', 'after_fix']),
  retryAfterS: v.optional(seconds),
  snapshot: v.optional(v.array(slotSchema)),
  queueLength: v.optional(count),
  estimateS: v.optional(seconds),
  nextActions: v.optional(v.array(v.string())),
  details: v.optional(v.record(v.string(), v.unknown())),
});
