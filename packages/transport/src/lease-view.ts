import * as v from 'valibot';
import { described } from './described.js';
import { heldLoginSchema } from './login-view.js';
import { seconds } from './quantities.js';
import { slotEntries } from './slot-view.js';

export const leaseSchema = v.object({
  ...slotEntries,
  leaseToken: described(v.string(), 'The secret that renews and releases this lease.'),
  leaseId: described(v.string(), 'Public name of the lease.'),
  handle: described(
    v.string(),
    'Names the lease in calls of this session or connection. It cannot be guessed, and is of no use to any other.',
  ),
  cdpHttpUrl: described(v.string(), 'HTTP address for tools that discover DevTools by HTTP.'),
  login: described(
    v.nullable(heldLoginSchema),
    'The saved login that the browser was signed in with, the first one of several; null without one.',
  ),
  logins: described(v.array(heldLoginSchema), 'All of them, in the order they were asked for.'),
  screenshots: v.optional(
    described(
      v.picklist(['on', 'keep']),
      'Present while screenshots are taken of this lease: `on` if they are deleted with it, `keep` if they stay.',
    ),
  ),
  heartbeatIntervalS: described(seconds, 'Send a heartbeat every so many seconds: a third of the TTL.'),
});

/** A slot as its holder sees it. */
export type LeaseView = v.InferOutput<typeof leaseSchema>;
