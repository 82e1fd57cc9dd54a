import type { Reply } from './reply.js';

/**
 * What the world must do after a step. Every effect is carried out only when the events of its step are durable:
 * a slot is not wiped for a release that a crash could undo, and nobody is told of a grant that is not on disk.
 */
export type Effect =
  /** Bring the resource up, clean. Answered by `ready` or `failed` with this fence. */
  | {
      readonly type: 'start';
      readonly key: string;
      readonly fence: number;
      /** Whether a holder waits for it, who keeps the lease. */
      readonly leased: boolean;
    }
  /** Make the resource clean. Answered by `reset-done` or `reset-failed` with this fence; only then is it offered. */
  | { readonly type: 'reset'; readonly key: string; readonly fence: number }
  /** The resource left the registry; take it down. */
  | { readonly type: 'dispose'; readonly key: string }
  /** Answer a caller who was in the queue. Exactly once for each. */
  | { readonly type: 'settle'; readonly requestId: string; readonly reply: Reply };
