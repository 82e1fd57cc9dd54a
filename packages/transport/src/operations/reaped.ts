import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { described } from '../described.js';
import { count, epochSeconds } from '../quantities.js';
import { slotAddressEntries } from '../request-fields.js';
import { routes } from '../routes.js';

const reapedSchema = v.object({
  ...slotAddressEntries,
  holder: described(v.string(), 'Who held it.'),
  fence: described(count, 'Fence of the lease.'),
  acquiredAt: described(epochSeconds, 'When it was granted, in epoch seconds.'),
  lastHeartbeat: described(
    v.nullable(epochSeconds),
    'The last heartbeat, in epoch seconds; null without one.',
  ),
  reapedAt: described(epochSeconds, 'When it ended, in epoch seconds.'),
});

/** A lease that expired because its holder stopped sending heartbeats. */
export type ReapedLease = v.InferOutput<typeof reapedSchema>;

export const reaped = defineOperation({
  name: 'reaped',
  ...routes.reaped,
  access: 'lease',
  summary: 'The last 50 leases that expired, newest first.',
  input: v.object({}),
  output: v.object({ reaped: described(v.array(reapedSchema), 'The leases, newest first.') }),
  errors: [],
});
