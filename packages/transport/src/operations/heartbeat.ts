import * as v from 'valibot';
import { leaseSchema } from '../lease-view.js';
import { defineOperation } from '../operation.js';
import { leaseToken, requestId } from '../request-fields.js';
import { routes } from '../routes.js';

export const heartbeat = defineOperation({
  name: 'heartbeat',
  ...routes.heartbeat,
  access: 'lease',
  summary: 'Renew a lease: it now ends one TTL from now.',
  input: v.object({ leaseToken, requestId }),
  output: leaseSchema,
  errors: ['missing_lease_token', 'unknown_lease', 'lease_ended', 'request_conflict', 'shutting_down'],
});
