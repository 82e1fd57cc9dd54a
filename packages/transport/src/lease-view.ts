import * as v from 'valibot';
import { seconds } from './quantities.js';
import { slotEntries } from './slot-view.js';

export const leaseSchema = v.object({
  ...slotEntries,
  /** The secret that renews and releases this lease. */
  leaseToken: v.string(),
  leaseId: v.string(),
  cdpHttpUrl: v.string(),
  heartbeatIntervalS: seconds,
});

/** A slot as its holder sees it. */
export type LeaseView = v.InferOutput<typeof leaseSchema>;
