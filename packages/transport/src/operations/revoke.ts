import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { noWait, slotAddressEntries } from '../request-fields.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

export const revoke = defineOperation({
  name: 'revoke',
  ...routes.revoke,
  access: 'admin',
  summary:
    "An operator ends a slot's lease; its holder learns it from the next heartbeat. Answers when the slot is reset, or " +
    'at once with no_wait.',
  input: v.object({ ...slotAddressEntries, noWait }),
  output: slotSchema,
  errors: ['missing_slot', 'unknown_slot', ...journalErrors],
});
