import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { journalErrors } from '../operation-errors.js';
import { routes } from '../routes.js';

export const readyz = defineOperation({
  name: 'readyz',
  ...routes.readyz,
  access: 'public',
  summary: 'The daemon can lease slots.',
  input: v.object({}),
  output: v.object({
    ready: described(v.literal(true), 'Always true; a daemon that is not ready answers an error.'),
  }),
  errors: ['not_ready', 'browser_missing', ...journalErrors],
});
