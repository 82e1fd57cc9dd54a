import * as v from 'valibot';
import { defineOperation } from '../operation.js';
import { count, epochSeconds, slotNumber } from '../quantities.js';
import { routes } from '../routes.js';

const reapedSchema = v.object({
  slot: slotNumber,
  holder: v.string(),
  fence: count,
  acquiredAt: epochSeconds,
  /** Null when the holder never sent one. */
  lastHeartbeat: v.nullable(epochSeconds),
  reapedAt: epochSeconds,
});

/** One lease that ended because its holder fell silent. */
export type ReapedLease = v.InferOutput<typeof reapedSchema>;

export const reaped = defineOperation({
  name: 'reaped',
  ...routes.reaped,
  access: 'lease',
  summary: 'The last 50 leases that expired, newest first.',
  input: v.object({}),
  output: v.object({ reaped: v.array(reapedSchema) }),
  errors: [],
});
