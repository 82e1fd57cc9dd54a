import type { LeaseScope } from '@escarp/contract';
import type { Claim } from './asset.js';
import type { RequestContent } from './command.js';
import { Timed } from './deadlines.js';
import type { JsonRecord } from './json.js';
import type { ResourceSelector } from './selector.js';

/** A request in the queue. */
export interface Waiter {
  readonly requestId: string;
  readonly leaseId: string;
  readonly tokenDigest: string;
  readonly scope: LeaseScope;
  readonly selector: ResourceSelector;
  readonly attributes: JsonRecord;
  readonly ttlMs: number;
  /** The content to compare a repeated request with; absent if nobody can repeat it. */
  readonly request?: RequestContent;
  /** Epoch milliseconds. */
  readonly queuedAt: number;
  /** How long it waits from then, in milliseconds. */
  readonly waitTimeoutMs: number;
  /** Place in the order of arrival. */
  readonly arrival: number;
  /** What it takes of the limit on all waiters. */
  readonly bytes: number;
  /** Monotonic, fixed on arrival. */
  readonly deadlineMs: number;
  /** Restored from the journal; it keeps its place, but is granted nothing until its client has come back. */
  readonly absent: boolean;
  readonly claims: readonly Claim[];
  /** Whether the lease begins by being prepared. */
  readonly prepare: boolean;
  /** Present if a person must agree first. It is granted nothing until then, but keeps its place. */
  readonly approval: Approval | undefined;
}

/** A person's agreement to one request. */
export interface Approval {
  readonly id: string;
  readonly isGiven: boolean;
  /** When it is too late to give it, in epoch milliseconds. */
  readonly expiresAt: number;
  /** The same on the monotonic clock. */
  readonly deadlineMs: number;
}

/** Whether a person has not decided yet about this request. */
export function isPending({ approval }: Pick<Waiter, 'approval'>): boolean {
  return approval !== undefined && !approval.isGiven;
}

/** A waiter as it is now. */
export class WaiterCell extends Timed {
  value: Waiter;

  constructor(waiter: Waiter) {
    super();
    this.value = waiter;
  }

  /** When its time is over, or that of whoever must approve it. */
  get deadline(): number {
    const { deadlineMs, approval } = this.value;
    return approval?.isGiven === false ? Math.min(deadlineMs, approval.deadlineMs) : deadlineMs;
  }
}
