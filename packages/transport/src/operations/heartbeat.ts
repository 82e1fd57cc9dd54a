import * as v from 'valibot';
import { leaseSchema } from '../lease-view.js';
import { defineOperation } from '../operation.js';
import { leaseErrors } from '../operation-errors.js';
import { described } from '../described.js';
import { ttlSeconds } from '../quantities.js';
import { leaseToken, requestId } from '../request-fields.js';
import { routes } from '../routes.js';

export const heartbeat = defineOperation({
  name: 'heartbeat',
  ...routes.heartbeat,
  access: 'lease',
  summary: 'Renew a lease: it now ends one TTL from now.',
  input: v.object({
    leaseToken,
    ttlS: v.optional(
      described(
        ttlSeconds,
        'Changes the TTL of the lease, from this heartbeat on, to 1 to 86400 seconds. The lease never ends earlier than ' +
          'it was to end before.',
      ),
    ),
    requestId,
  }),
  output: leaseSchema,
  errors: leaseErrors,
});
