import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { count, epochSeconds, seconds } from '../quantities.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

const queuedSchema = v.object({
  holder: described(v.string(), 'Who waits.'),
  position: described(count, 'Position among those who want the same, from 1.'),
  estimateS: described(
    seconds,
    'About how many seconds it may still take, going by how long leases are usually held.',
  ),
  queuedAt: described(epochSeconds, 'Since when, in epoch seconds.'),
});

const poolStatusSchema = v.object({
  poolSize: described(count, 'How many slots there are.'),
  leaseTtlS: described(
    seconds,
    'Seconds from one heartbeat to the end of a lease, unless its holder asked otherwise.',
  ),
  reaperIntervalS: described(seconds, 'At most so many seconds late is a lease ended whose time is up.'),
  slots: described(v.array(slotSchema), 'Every slot, by number.'),
  queueLength: described(count, 'How many callers wait in the queue.'),
  queue: described(v.array(queuedSchema), 'The first hundred of them, in the order of arrival.'),
  version: described(v.string(), 'Version of the daemon.'),
  undeleted: described(
    v.optional(count),
    'How much of what resets moved away could not be deleted yet; `escarp doctor` says what and why.',
  ),
  revision: described(count, 'Revision of the journal this status was taken at.'),
});

export type PoolStatus = v.InferOutput<typeof poolStatusSchema>;

export const status = defineOperation({
  name: 'status',
  ...routes.status,
  access: 'lease',
  summary: 'The pool and every slot in it.',
  input: v.object({}),
  output: poolStatusSchema,
  errors: [],
});
