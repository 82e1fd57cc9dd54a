import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { count, epochSeconds, seconds } from '../quantities.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

const poolStatusSchema = v.object({
  poolSize: count,
  leaseTtlS: seconds,
  reaperIntervalS: seconds,
  slots: v.array(slotSchema),
  queueLength: count,
  /** Who is in line, in the order of arrival; the first hundred. */
  queue: v.array(
    v.object({
      holder: v.string(),
      /** Place among those who want the same, from 1. */
      position: count,
      /** About how long it may still take, in seconds, going by how long leases are usually held. */
      estimateS: seconds,
      queuedAt: epochSeconds,
    }),
  ),
  version: v.string(),
  /** How much of what resets moved away could not be deleted yet; `escarp doctor` says what and why. */
  undeleted: v.optional(count),
  /** Revision of the journal this status was taken at. */
  revision: count,
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
