import * as v from 'valibot';
import { described } from '../described.js';
import { defineOperation } from '../operation.js';
import { count, epochSeconds, seconds } from '../quantities.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

const queuedSchema = v.object({
  holder: described(v.string(), 'Who waits.'),
  position: described(count, 'Position among the requests for the same slots, from 1.'),
  estimateS: described(
    seconds,
    'Estimated seconds until its turn, based on how long leases are usually held.',
  ),
  queuedAt: described(epochSeconds, 'When it joined the queue, in epoch seconds.'),
});

const approvalSchema = v.object({
  id: described(v.string(), 'Names the approval, for the person who decides.'),
  holder: described(v.string(), 'Who asks.'),
  tenant: v.optional(described(v.string(), 'The group of holders that it belongs to.')),
  run: v.optional(described(v.string(), 'The run of its work.')),
  client: v.optional(described(v.string(), 'The program that asks.')),
  logins: described(v.array(v.string()), 'The saved logins that it asks for.'),
  queuedAt: described(epochSeconds, 'When it asked, in epoch seconds.'),
  expiresAt: described(epochSeconds, 'When it is refused if nobody decides, in epoch seconds.'),
});

const askSchema = v.object({
  id: described(v.string(), 'Names the question, for the person who answers.'),
  slot: slotSchema.entries.slot,
  fence: described(count, 'Fence of the lease.'),
  holder: described(v.string(), 'Who asks.'),
  reason: described(v.string(), 'What a person is needed for.'),
  instructions: described(
    v.nullable(v.string()),
    'What the person is to do; null if nothing was said, and for everyone but operators.',
  ),
  askedAt: described(epochSeconds, 'When it was asked, in epoch seconds.'),
  expiresAt: described(epochSeconds, 'When it times out, in epoch seconds.'),
});

const sparesSchema = v.object({
  isOn: described(v.boolean(), 'Whether leased slots are given spares at the moment.'),
  reason: described(v.nullable(v.string()), 'Why not, as a sentence; null if they are.'),
});

const poolStatusSchema = v.object({
  poolSize: described(count, 'Number of slots.'),
  leaseTtlS: described(
    seconds,
    'Seconds from a heartbeat to the end of a lease, unless its holder chose another TTL.',
  ),
  reaperIntervalS: described(seconds, 'An expired lease ends at most this many seconds late.'),
  slots: described(v.array(slotSchema), 'Every slot, by number.'),
  queueLength: described(count, 'How many callers wait in the queue.'),
  queue: described(v.array(queuedSchema), 'The first hundred of them, in order of arrival.'),
  approvals: v.optional(
    described(v.array(approvalSchema), 'Requests that wait for the approval of a person.'),
  ),
  asks: v.optional(described(v.array(askSchema), 'Open questions of holders to people.')),
  version: described(v.string(), 'Version of the daemon.'),
  undeleted: described(
    v.optional(count),
    'Number of folders from resets that could not be deleted yet; `escarp doctor` says which and why.',
  ),
  spares: v.optional(
    described(sparesSchema, 'How the pool stands with spares; absent unless it was brought up with them.'),
  ),
  revision: described(count, 'Revision of the journal that this status reflects.'),
});

/** The pool and every slot in it. */
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
