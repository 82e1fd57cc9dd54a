import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { count, portNumber, slotNumber } from '../quantities.js';
import { routes } from '../routes.js';

export const poolRemove = defineOperation({
  name: 'poolRemove',
  ...routes.poolRemove,
  access: 'admin',
  summary:
    'Take a slot out of the pool; a leased one only with force. Its browser is stopped, or left running.',
  input: v.object({
    slot: slotNumber,
    force: v.optional(v.boolean('must be true or false')),
    keepChrome: v.optional(v.boolean('must be true or false')),
  }),
  output: v.object({
    removed: v.boolean(),
    slot: slotNumber,
    /** The browser that was left running, which nobody watches any more; absent where none is. */
    pid: v.optional(count),
    cdpPort: v.optional(portNumber),
  }),
  errors: [
    'missing_slot',
    'unknown_slot',
    'slot_leased',
    'pool_error',
    'journal_unavailable',
    'state_directory_lost',
    'shutting_down',
  ],
});
