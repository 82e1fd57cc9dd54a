import type { LeaseView } from '../lease-view.js';
import { isLeaseOver, type OperationError } from '@escarp/contract';
import type { OperationInput, OperationOutput } from '../operations/index.js';

/** The calls that a held lease needs, over HTTP or inside the daemon. */
export type LeaseKeeper = {
  heartbeat(input: OperationInput<'heartbeat'>): Promise<LeaseView>;
  release(input: OperationInput<'release'>): Promise<OperationOutput<'release'>>;
};

/** A lease that is renewed automatically. */
export type HeldLease = {
  /** The lease as of the last successful heartbeat. */
  readonly lease: LeaseView;
  /** Resolves with the reason when the lease ends without being released here. Never rejects. */
  readonly lost: Promise<OperationError>;
  /**
   * Renews now, without waiting for the timer.
   *
   * @throws OperationError `lease_ended`, `unknown_lease`, or any error of the call.
   */
  renew(): Promise<LeaseView>;
  /** Stops renewing and ends the lease. `noWait` (default false) returns before the slot has been reset. */
  release(options?: { noWait?: boolean }): Promise<OperationOutput<'release'>>;
  /** Stops renewing and lets the lease expire. */
  stop(): void;
};

/**
 * Renews at the interval that the server asks for. If a heartbeat fails for any reason other than the end of the lease, it
 * is retried after a quarter of the interval, because only the server knows whether the lease is still alive. Throws
 * nothing itself.
 */
export function holdLease(keeper: LeaseKeeper, granted: LeaseView): HeldLease {
  let lease = granted;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let reportLoss: (reason: OperationError) => void;
  const lost = new Promise<OperationError>((resolve) => (reportLoss = resolve));

  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  const schedule = (seconds: number) => {
    if (stopped) return;
    clearTimeout(timer);
    // A program that has nothing else to do should exit, and its lease end with it.
    timer = setTimeout(() => void beat(), seconds * 1000).unref();
  };
  const renew = async () => {
    try {
      lease = await keeper.heartbeat({ leaseToken: granted.leaseToken });
      schedule(lease.heartbeatIntervalS);
      return lease;
    } catch (error) {
      if (isLeaseOver(error) && !stopped) {
        stop();
        reportLoss(error);
      }
      throw error;
    }
  };
  const beat = () => renew().catch(() => schedule(lease.heartbeatIntervalS / 4));

  schedule(lease.heartbeatIntervalS);
  return {
    get lease() {
      return lease;
    },
    lost,
    renew,
    release: async (options = {}) => {
      stop();
      return await keeper.release({ leaseToken: granted.leaseToken, ...options });
    },
    stop,
  };
}
