import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { slotAddressEntries } from '../request-fields.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

export const poolAdd = defineOperation({
  name: 'poolAdd',
  ...routes.poolAdd,
  access: 'admin',
  summary: 'Add a slot to the pool.',
  input: v.object(slotAddressEntries),
  output: slotSchema,
  errors: [
    'missing_slot',
    'slot_already_in_pool',
    'no_browser_on_port',
    'pool_error',
    'browser_missing',
    'browser_launch_failed',
    ...journalErrors,
  ],
});
