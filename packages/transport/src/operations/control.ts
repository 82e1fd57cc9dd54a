import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { controlSchema, note, verdict, who } from '../people-fields.js';
import { name, prose } from '../plain-text.js';
import { count } from '../quantities.js';
import { slotAddressEntries } from '../request-fields.js';
import { routes } from '../routes.js';

const fence = described(count, 'Fence of the lease.');

export const control = defineOperation({
  name: 'control',
  ...routes.control,
  access: 'admin',
  summary:
    'A person takes over a leased browser, or hands it back. Meanwhile the TTL does not run, for half an hour at most.',
  input: v.object({
    handle: described(name, 'Handle of the lease, or slot-N for the one on slot N.'),
    action: described(
      v.picklist(['take', 'return'], 'must be take or return'),
      'take: control goes to the person. return: back to the agent, which answers its open questions too.',
    ),
    fence: v.optional(described(fence, 'Only if this is still the fence of the lease.')),
    who,
    reason: v.optional(described(prose, 'Why, when taking over. At most 2000 bytes.')),
    outcome: v.optional(
      described(verdict, 'When handing back: whether the person did what was to do.'),
      'done',
    ),
    note,
  }),
  output: v.object({
    ...slotAddressEntries,
    fence,
    control: v.optional(described(controlSchema, 'Who acts on the browser now.')),
  }),
  errors: ['unknown_lease', 'lease_ended', 'human_in_control', ...journalErrors],
});
