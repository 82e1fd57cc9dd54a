import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { routes } from '../routes.js';

export const healthz = defineOperation({
  name: 'healthz',
  ...routes.healthz,
  access: 'public',
  summary: 'The process is up.',
  input: v.object({}),
  output: v.object({ ok: v.literal(true), version: v.string() }),
  errors: [],
});
