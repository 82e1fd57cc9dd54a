import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { described } from '../described.js';
import { count, portNumber } from '../quantities.js';
import { slotAddressEntries } from '../request-fields.js';
import { routes } from '../routes.js';

const flag = v.boolean('must be true or false');

export const poolRemove = defineOperation({
  name: 'poolRemove',
  ...routes.poolRemove,
  access: 'admin',
  summary:
    'Take a slot out of the pool; a leased one only with force. Its browser is stopped, or left running.',
  input: v.object({
    ...slotAddressEntries,
    force: v.optional(described(flag, 'Take the slot out although it is leased; its lease ends as revoked.')),
    keepChrome: v.optional(described(flag, 'Leave its browser running.')),
  }),
  output: v.object({
    removed: described(v.boolean(), 'Whether the slot was taken out.'),
    ...slotAddressEntries,
    pid: v.optional(
      described(count, 'Process of the browser that was left running, which nobody watches any more.'),
    ),
    cdpPort: v.optional(described(portNumber, 'DevTools port of the browser that was left running.')),
  }),
  errors: ['missing_slot', 'unknown_slot', 'slot_leased', 'pool_error', ...journalErrors],
});
