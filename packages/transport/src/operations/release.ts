import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { leaseErrors } from '../operation-errors.js';
import { leaseToken, noWait, requestId } from '../request-fields.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

export const release = defineOperation({
  name: 'release',
  ...routes.release,
  access: 'lease',
  summary: 'End a lease now. Answers when the slot is reset, or at once with no_wait.',
  input: v.object({ leaseToken, requestId, noWait }),
  output: slotSchema,
  errors: leaseErrors,
});
