import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { routes } from '../routes.js';

export const readyz = defineOperation({
  name: 'readyz',
  ...routes.readyz,
  access: 'public',
  summary: 'The daemon can lease slots.',
  input: v.object({}),
  output: v.object({ ready: v.literal(true) }),
  errors: ['not_ready', 'browser_missing', 'journal_unavailable', 'state_directory_lost', 'shutting_down'],
});
