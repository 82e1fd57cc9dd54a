import type { LeaseScope } from '@escarp/contract';
import type { JsonRecord } from './json.js';
import type { Labels, ResourceSelector } from './selector.js';

/** What whoever asks for a lease says. */
interface Asked {
  readonly requestId: string;
  readonly leaseId: string;
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  /** Milliseconds; the registry's own when absent. */
  readonly ttlMs?: number;
  readonly attributes?: JsonRecord;
}

interface ByToken {
  readonly tokenDigest: string;
  readonly requestId?: string;
}

/**
 * Asks for a resource. `leaseId` and `tokenDigest` are for the lease it may become, and new with every attempt, also
 * when `requestId` is not.
 */
export interface Acquire extends Asked {
  readonly type: 'acquire';
  /** The id was made up for this attempt: nobody can repeat it, so the answer need not be remembered. */
  readonly anonymous?: boolean;
  readonly selector: ResourceSelector;
  /** Milliseconds to wait in the queue. 0 never waits; absent waits briefly for a resource already on its way. */
  readonly waitMs?: number;
}

/** Moves a lease's deadline forward from now. */
export interface Renew extends ByToken {
  readonly type: 'renew';
}

/** Gives the resource back. Late or repeated, it touches no newer lease. */
export interface Release extends ByToken {
  readonly type: 'release';
}

/** An operator's release. */
export interface Revoke {
  readonly type: 'revoke';
  readonly key: string;
}

/** Takes back a grant that could not be made durable or delivered, and forgets that it was answered. */
export interface Retract extends ByToken {
  readonly type: 'retract';
}

/** Offers the lease to a named holder, who accepts with the code whose digest this is. */
export interface OfferLease extends ByToken {
  readonly type: 'offer';
  readonly to: string;
  readonly codeDigest: string;
  readonly ttlMs?: number;
}

/** Takes over a lease on offer: the same resource, unreset, under a new lease. */
export interface Accept extends Asked {
  readonly type: 'accept';
  readonly codeDigest: string;
}

/** Takes a waiter out of the queue. */
export interface Cancel {
  readonly type: 'cancel';
  readonly requestId: string;
}

/** What happens to a resource, told by whoever looks after it. Completions carry the fence of what they complete. */
export type ResourceCommand =
  | {
      readonly type: 'added';
      readonly key: string;
      readonly labels?: Labels;
      readonly attributes?: JsonRecord;
    }
  | { readonly type: 'ready'; readonly key: string; readonly fence: number }
  | { readonly type: 'failed'; readonly key: string; readonly fence: number; readonly error: string }
  | {
      readonly type: 'lost';
      readonly key: string;
      readonly fence: number;
      readonly error: string;
      /** Whether somebody ended it on purpose, which is no failure of the resource. */
      readonly isOrderly?: boolean;
    }
  | {
      readonly type: 'reset-done';
      readonly key: string;
      readonly fence: number;
      /** Goes into the journal; for a reset that did not go as planned. */
      readonly note?: string;
    }
  | { readonly type: 'reset-failed'; readonly key: string; readonly fence: number; readonly error: string }
  | { readonly type: 'drain'; readonly key: string }
  | { readonly type: 'removed'; readonly key: string };

/** Lets due deadlines take effect. */
export interface Tick {
  readonly type: 'tick';
}

/** The machine slept or the loop stalled for about this long: one grace for everyone. */
export interface Gap {
  readonly type: 'gap';
  readonly lateMs: number;
}

/** Everything a registry can be told. */
export type Command =
  Acquire | Renew | Release | Revoke | Retract | OfferLease | Accept | Cancel | ResourceCommand | Tick | Gap;

/** The commands that may carry a request id and are then answered once and for all. */
export type Repeatable = Acquire | Renew | Release | OfferLease | Accept;

/**
 * What a repeated request is compared by: everything the caller chose, nothing made up for the attempt. How long it is
 * ready to wait may change from one attempt to the next.
 */
export type RequestContent = JsonRecord;

export function contentOf(command: Repeatable): RequestContent {
  const { type } = command;
  if (type === 'renew' || type === 'release') return { type, tokenDigest: command.tokenDigest };
  const { ttlMs } = command;
  if (type === 'offer') return { type, tokenDigest: command.tokenDigest, to: command.to, ttlMs };
  const { scope, attributes } = command;
  const asked = { type, scope: { ...scope }, ttlMs, attributes };
  if (type === 'accept') return { ...asked, codeDigest: command.codeDigest };
  return { ...asked, selector: { ...command.selector } };
}
