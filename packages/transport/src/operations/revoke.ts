import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { slotNumber } from '../quantities.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

export const revoke = defineOperation({
  name: 'revoke',
  ...routes.revoke,
  access: 'admin',
  summary: "An operator ends a slot's lease; its holder learns it from the next heartbeat.",
  input: v.object({ slot: slotNumber }),
  output: slotSchema,
  errors: ['missing_slot', 'unknown_slot', 'journal_unavailable', 'state_directory_lost', 'shutting_down'],
});
