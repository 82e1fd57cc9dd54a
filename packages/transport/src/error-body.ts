import * as v from 'valibot';
import { errorTable } from '@escarp/contract';
import { described } from './described.js';
import { count, seconds } from './quantities.js';
import { slotSchema } from './slot-view.js';

/** The body of every unsuccessful answer, for the generated documents. */
export const errorBodySchema = v.object({
  error: described(v.picklist(Object.keys(errorTable)), 'What went wrong. Match on this.'),
  message: described(v.string(), 'The same in a sentence.'),
  hint: described(v.string(), 'What to do next.'),
  retry: described(v.picklist(['never', 'later', 'after_fix']), 'Whether asking again can help.'),
  retryAfterS: v.optional(described(seconds, 'Asking again makes sense after so many seconds; an estimate.')),
  snapshot: v.optional(described(v.array(slotSchema), 'Every slot, where none could be had.')),
  queueLength: v.optional(described(count, 'How many callers wait who could be served by the same slots.')),
  estimateS: v.optional(described(seconds, 'About how many seconds waiting in the queue would take.')),
  nextActions: v.optional(described(v.array(v.string()), 'What the caller can do next, in sentences.')),
  details: v.optional(
    described(
      v.record(v.string(), v.unknown()),
      'Particulars, such as the field that is meant, or how a lease ended.',
    ),
  ),
});
