import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { routes } from '../routes.js';

export const healthz = defineOperation({
  name: 'healthz',
  ...routes.healthz,
  access: 'public',
  summary: 'The process is up.',
  input: v.object({}),
  output: v.object({
    ok: described(v.literal(true), 'Always true.'),
    version: described(v.string(), 'Version of the daemon.'),
  }),
  errors: [],
});
