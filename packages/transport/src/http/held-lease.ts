import type { LeaseView } from '../lease-view.js';
import { OperationError } from '../operation-error.js';
import type { OperationInput, OperationOutput } from '../operations/index.js';

/** What renewing and releasing need, be it over HTTP or inside the daemon. */
export type LeaseKeeper = {
  heartbeat(input: OperationInput<'heartbeat'>): Promise<LeaseView>;
  release(input: OperationInput<'release'>): Promise<OperationOutput<'release'>>;
};

export type HeldLease = {
  /** As of the last heartbeat that was answered. */
  readonly lease: LeaseView;
  /** Resolves, never rejects, when the lease has ended without being released here; says why. */
  readonly lost: Promise<OperationError>;
  /** Renews now, whatever the timer says. */
  renew(): Promise<LeaseView>;
  /** Stops renewing and ends the lease. */
  release(options?: { noWait?: boolean }): Promise<OperationOutput<'release'>>;
  /** Stops renewing, and leaves the lease to its deadline. */
  stop(): void;
};

/**
 * Renews at the interval the server asks for. A heartbeat that fails for any other reason than that the lease ended is
 * tried again sooner, until the server says otherwise: only the server knows whether the lease lives on.
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
    // A program that has nothing else to do should end, and its lease with it.
    timer = setTimeout(() => void beat(), seconds * 1000).unref();
  };
  const renew = async () => {
    try {
      lease = await keeper.heartbeat({ leaseToken: granted.leaseToken });
      schedule(lease.heartbeatIntervalS);
      return lease;
    } catch (error) {
      if (isEnd(error) && !stopped) {
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

const isEnd = (error: unknown): error is OperationError =>
  error instanceof OperationError && (error.code === 'lease_ended' || error.code === 'unknown_lease');
