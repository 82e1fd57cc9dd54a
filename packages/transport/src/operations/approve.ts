import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { note, who } from '../people-fields.js';
import { name } from '../plain-text.js';
import { routes } from '../routes.js';

const id = described(name, 'The approval, as the status lists it.');

export const approve = defineOperation({
  name: 'approve',
  ...routes.approve,
  access: 'admin',
  summary: 'A person decides about a request that waits for approval. Good once.',
  input: v.object({
    id,
    approve: described(v.boolean('must be true or false'), 'true grants the request, false refuses it.'),
    who,
    note,
  }),
  output: v.object({ id, approved: described(v.boolean(), 'What was decided.') }),
  errors: ['unknown_approval', ...journalErrors],
});
