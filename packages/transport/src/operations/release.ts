import * as v from 'valibot';
import { defineOperation } from '../operation.js';
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
  errors: [
    'missing_lease_token',
    'unknown_lease',
    'lease_ended',
    'request_conflict',
    'journal_unavailable',
    'state_directory_lost',
    'shutting_down',
  ],
});
