import { type Claim, type HeldClaim, noClaims } from './asset.js';
import type { AgentControl, Ask, HumanControl, Lease, Offer } from './lease.js';
import type { Resource } from './resource.js';
import type { Approval, Waiter } from './waiter.js';

// What is written: without monotonic times, which mean nothing after a restart, and without what most do not have.

/** Who has control, without the monotonic deadline of a person's turn. */
export type RecordedControl = AgentControl | Omit<HumanControl, 'deadlineMs'>;
/** A request for a person without its monotonic deadline. Earlier versions left out how long it is open. */
export type RecordedAsk = Omit<Ask, 'deadlineMs' | 'timeoutMs'> & Partial<Pick<Ask, 'timeoutMs'>>;
/** A lease without its monotonic deadlines; what most leases do not have is absent. */
export type RecordedLease = Omit<
  Lease,
  'deadlineMs' | 'graced' | 'offer' | 'claims' | 'preparing' | 'control' | 'asks'
> & {
  readonly claims?: readonly HeldClaim[];
  readonly preparing?: boolean;
  readonly control?: RecordedControl;
  readonly asks?: readonly RecordedAsk[];
};
/** An offer without its monotonic deadline. */
export type RecordedOffer = Omit<Offer, 'deadlineMs'>;
/** A waiter without its monotonic deadlines; what most do not have is absent. */
export type RecordedWaiter = Omit<
  Waiter,
  'deadlineMs' | 'absent' | 'bytes' | 'claims' | 'prepare' | 'approval'
> & {
  readonly claims?: readonly Claim[];
  readonly prepare?: boolean;
  readonly approval?: Omit<Approval, 'deadlineMs'> | undefined;
};
/** A resource without its monotonic times. Earlier versions left out what is claimed. */
export type RecordedResource = Omit<Resource, 'exitAtMs' | 'upSinceMs' | 'claims'> &
  Partial<Pick<Resource, 'claims'>>;

/**
 * A recorded lease with its deadline; a person's turn and requests for one end with it at the latest. Field by field,
 * because a spread is slow.
 */
export function liveLease(recorded: RecordedLease, deadlineMs: number): Lease {
  const { id, key, tokenDigest, scope, attributes, fence, ttlMs } = recorded;
  const { acquiredAt, renewedAt, expiresAt, claims = noClaims, preparing = false } = recorded;
  const control = recorded.control?.by === 'human' ? { ...recorded.control, deadlineMs } : recorded.control;
  const asks =
    recorded.asks?.map((ask) => {
      const { timeoutMs = ask.expiresAt - ask.askedAt } = ask;
      return { ...ask, timeoutMs, deadlineMs };
    }) ?? noAsks;
  // oxfmt-ignore
  return {
    id, key, tokenDigest, scope, attributes, fence, ttlMs,
    acquiredAt, renewedAt, expiresAt, deadlineMs, graced: false, offer: undefined,
    claims, preparing, control, asks,
  };
}

const noAsks: readonly never[] = Object.freeze([]);

export function recordLease(lease: Lease): RecordedLease {
  const { claims, preparing, control, asks, ...plain } = without(lease, 'deadlineMs', 'graced', 'offer');
  return {
    ...plain,
    ...(claims.length > 0 && { claims }),
    ...(preparing && { preparing }),
    ...(control && { control: control.by === 'human' ? without(control, 'deadlineMs') : control }),
    ...(asks.length > 0 && { asks: asks.map((ask) => without(ask, 'deadlineMs')) }),
  };
}

export function recordWaiter(waiter: Waiter): RecordedWaiter {
  const { claims, prepare, approval, ...plain } = without(waiter, 'deadlineMs', 'absent', 'bytes');
  return {
    ...plain,
    ...(claims.length > 0 && { claims }),
    ...(prepare && { prepare }),
    ...(approval && { approval: without(approval, 'deadlineMs') }),
  };
}

export function without<T extends object, Name extends keyof T>(record: T, ...names: Name[]): Omit<T, Name> {
  const rest = { ...record };
  for (const name of names) delete rest[name];
  return rest;
}
