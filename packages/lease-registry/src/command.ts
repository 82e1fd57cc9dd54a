import type { LeaseScope } from '@escarp/contract';
import type { Asset, Claim } from './asset.js';
import type { JsonRecord } from './json.js';
import type { KeyAndFence } from './lease.js';
import type { Labels, ResourceSelector } from './selector.js';

/** What a request for a lease contains. */
interface Asked {
  readonly requestId: string;
  readonly leaseId: string;
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  /** Milliseconds. Default: the registry's limit `ttlMs`. */
  readonly ttlMs?: number;
  readonly attributes?: JsonRecord;
}

interface ByToken {
  readonly tokenDigest: string;
  readonly requestId?: string;
}

/**
 * Asks for a resource. `leaseId` and `tokenDigest` are for the lease that may result, and must be new for every attempt,
 * even when `requestId` is repeated.
 */
export interface Acquire extends Asked {
  readonly type: 'acquire';
  /** The request id was generated for this attempt, so nobody can repeat it and the answer is not remembered. */
  readonly anonymous?: boolean;
  readonly selector: ResourceSelector;
  /**
   * Milliseconds to wait in the queue. 0: never wait. Default: wait briefly for a resource that will soon be free, or for
   * `approvalMs` where a person must approve.
   */
  readonly waitMs?: number;
  /** What the lease is to claim besides its resource, each asset at most once. */
  readonly claims?: readonly Claim[];
  /** Whether the lease begins by being prepared: it lasts `prepareMs`, and its TTL runs from `prepared` on. */
  readonly prepare?: boolean;
}

/** Moves a lease's deadline forward from now. */
export interface Renew extends ByToken {
  readonly type: 'renew';
  /** The lease's TTL from now on, in milliseconds. Default: the one it has. */
  readonly ttlMs?: number;
}

/** Gives the resource back. A late or repeated release never ends a newer lease. */
export interface Release extends ByToken {
  readonly type: 'release';
}

/** Ends a lease on behalf of an operator. */
export interface Revoke {
  readonly type: 'revoke';
  readonly key: string;
}

/** Takes back a grant that could not be written or delivered, and forgets the answer. */
export interface Retract extends ByToken {
  readonly type: 'retract';
}

/** Offers the lease to a named holder, who accepts it with the code that `codeDigest` is the digest of. */
export interface OfferLease extends ByToken {
  readonly type: 'offer';
  readonly to: string;
  readonly codeDigest: string;
  readonly ttlMs?: number;
}

/** Accepts an offer: the same resource, without a reset, under a new lease. */
export interface Accept extends Asked {
  readonly type: 'accept';
  readonly codeDigest: string;
  /** Names of the attributes that stay as they were under the former lease, because they are facts of the resource. */
  readonly keeps?: readonly string[];
}

/** Adds an asset or changes it. */
export interface SetAsset extends Asset {
  readonly type: 'asset-set';
  /** Only if this is its version now; 0 if it must be new. */
  readonly ifVersion?: number;
}

/** Removes an asset that no lease claims. */
export interface RemoveAsset {
  readonly type: 'asset-removed';
  readonly name: string;
}

/** A person's decision about a request that waits for one. */
export interface Decide {
  readonly type: 'decide';
  /** Of the approval. */
  readonly id: string;
  readonly isApproved: boolean;
  readonly by?: string;
  readonly note?: string;
}

/** A resource has been made ready for its holder. */
export interface Prepared extends KeyAndFence {
  readonly type: 'prepared';
}

/** A resource could not be made ready: its lease ends, and the request may be made again. */
export interface PrepareFailed extends KeyAndFence {
  readonly type: 'prepare-failed';
  readonly requestId?: string;
}

/** A person takes over from the holder. */
export interface TakeControl extends KeyAndFence {
  readonly type: 'take-control';
  readonly who?: string;
  readonly reason?: string;
}

/** What a person answers. */
interface Answered extends KeyAndFence {
  readonly outcome: 'done' | 'declined';
  readonly who?: string;
  readonly note?: string;
}

/** A person hands back to the holder. */
export interface ReturnControl extends Answered {
  readonly type: 'return-control';
}

/** A holder asks for a person. */
export interface AskPerson extends ByToken {
  readonly type: 'ask';
  readonly reason: string;
  readonly instructions?: string;
  /** Milliseconds. Default: the registry's limit `askMs`. */
  readonly timeoutMs?: number;
}

/** A person answers what a holder asked for. */
export interface AnswerAsk extends Answered {
  readonly type: 'answer';
  readonly id: string;
}

/** What concerns assets and people. */
type SharingCommand =
  | SetAsset
  | RemoveAsset
  | Decide
  | Prepared
  | PrepareFailed
  | TakeControl
  | ReturnControl
  | AskPerson
  | AnswerAsk;

/** Takes a waiter out of the queue. */
export interface Cancel {
  readonly type: 'cancel';
  readonly requestId: string;
}

/** Reports what happened to a resource. Completions carry the fence of the work that they complete. */
export type ResourceCommand =
  | {
      readonly type: 'added';
      readonly key: string;
      readonly labels?: Labels;
      readonly attributes?: JsonRecord;
    }
  | ({ readonly type: 'ready' } & KeyAndFence)
  | ({ readonly type: 'failed'; readonly error: string } & KeyAndFence)
  | ({
      readonly type: 'lost';
      readonly error: string;
      /** Whether it was ended on purpose, which does not count as a failure. Default: false. */
      readonly isOrderly?: boolean;
    } & KeyAndFence)
  /** The note is a remark for the journal on a reset that did not go as planned. */
  | ({ readonly type: 'reset-done'; readonly note?: string } & KeyAndFence)
  | ({ readonly type: 'reset-failed'; readonly error: string } & KeyAndFence)
  | { readonly type: 'drain'; readonly key: string }
  | { readonly type: 'removed'; readonly key: string };

/** Lets due deadlines take effect. */
export interface Tick {
  readonly type: 'tick';
}

/** The machine slept, or the event loop stalled, for about this many milliseconds: every lease gets one grace. */
export interface Gap {
  readonly type: 'gap';
  readonly lateMs: number;
}

/** Every command of a registry. */
export type Command =
  | Acquire
  | Renew
  | Release
  | Revoke
  | Retract
  | OfferLease
  | Accept
  | Cancel
  | ResourceCommand
  | SharingCommand
  | Tick
  | Gap;

/** The commands that may carry a request id, and whose answer is then remembered. */
export type Repeatable = Acquire | Renew | Release | OfferLease | Accept | AskPerson;

/**
 * What decides whether a repeated request is the same: everything the caller chose, nothing generated for the attempt. How
 * long the caller is ready to wait may change between attempts. It is compared, and never read.
 */
export type RequestContent = Readonly<Record<string, unknown>>;

/** The content of a command, by which repetitions are compared. */
export function contentOf(command: Repeatable): RequestContent {
  switch (command.type) {
    case 'release': {
      const { type, tokenDigest } = command;
      return { type, tokenDigest };
    }
    case 'renew': {
      const { type, tokenDigest, ttlMs } = command;
      return { type, tokenDigest, ttlMs };
    }
    case 'ask': {
      const { type, tokenDigest, reason, instructions, timeoutMs } = command;
      return { type, tokenDigest, reason, instructions, timeoutMs };
    }
    case 'offer': {
      const { type, tokenDigest, to, ttlMs } = command;
      return { type, tokenDigest, to, ttlMs };
    }
    case 'accept': {
      const { type, scope, ttlMs, attributes, codeDigest } = command;
      return { type, scope, ttlMs, attributes, codeDigest };
    }
    case 'acquire': {
      const { type, scope, ttlMs, attributes, selector, claims, prepare } = command;
      return { type, scope, ttlMs, attributes, selector, claims, prepare };
    }
    default:
      return command satisfies never;
  }
}
