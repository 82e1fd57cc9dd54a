import type { HeldClaim } from './asset.js';
import type { EndReason, Lease } from './lease.js';
import type { Reply } from './reply.js';

/**
 * Work to do outside the registry after a step. It is carried out only when the events of the step are durable: a resource
 * is not wiped for a release that a crash could undo, and no caller learns of a grant that is not on disk.
 */
export type Effect =
  /** Start the resource, clean. Completed by `ready` or `failed` with this fence. */
  | {
      readonly type: 'start';
      readonly key: string;
      readonly fence: number;
      /** Whether it is leased, and its holder is waiting for it. */
      readonly leased: boolean;
    }
  /** Reset the resource. Completed by `reset-done` or `reset-failed` with this fence; only then is it offered again. */
  | {
      readonly type: 'reset';
      readonly key: string;
      readonly fence: number;
      /** What the last holder claimed; it is still claimed until the reset is over. */
      readonly claims: readonly HeldClaim[];
      /** The lease that has just ended. Absent after a restart, when nothing must be taken over from the resource any more. */
      readonly ended?: { readonly lease: Lease; readonly how: EndReason };
    }
  /** Shut down a resource that has left the registry. */
  | { readonly type: 'dispose'; readonly key: string }
  /** Answer a request that was in the queue, exactly once. */
  | { readonly type: 'settle'; readonly requestId: string; readonly reply: Reply };
