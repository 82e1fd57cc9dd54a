import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { count, seconds } from '../quantities.js';
import { routes } from '../routes.js';
import { slotSchema } from '../slot-view.js';

const poolStatusSchema = v.object({
  poolSize: count,
  leaseTtlS: seconds,
  reaperIntervalS: seconds,
  slots: v.array(slotSchema),
  queueLength: count,
  version: v.string(),
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
