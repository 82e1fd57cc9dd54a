import { OperationError, type LeaseView } from '@escarp/transport';
import type { LeaseBroker } from '@escarp/transport/mcp';
import { freeSlot, lease } from '../sample-views.js';

/** One slot, leased to whoever comes first. Tests end leases and free slots by hand. */
export class MemoryBroker {
  current: LeaseView | undefined;
  asked: Parameters<LeaseBroker['acquire']>[0][] = [];
  released: string[] = [];
  beats = 0;
  grants = 0;
  heartbeatIntervalS = 20;
  #ended: OperationError | undefined;
  #waiters = new Set<() => void>();

  /** As if an operator had revoked the lease. */
  revoke(): void {
    this.#ended = new OperationError('lease_ended', { message: 'The lease was revoked at 12:00.' });
    this.#free();
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  readonly broker: LeaseBroker = {
    status: async () => ({
      poolSize: 1,
      leaseTtlS: 60,
      reaperIntervalS: 2,
      slots: [
        this.current === undefined
          ? freeSlot()
          : freeSlot({
              state: 'leased',
              holder: this.current.holder,
              fence: this.current.fence,
              cdpWsUrl: null,
            }),
      ],
      queueLength: this.waiting,
      queue: [],
      version: '2.0.0',
      revision: 1,
    }),
    acquire: async (request, { signal } = {}) => {
      this.asked.push(request);
      while (this.current !== undefined) {
        if (!request.waitS) throw new OperationError('pool_exhausted', { retryAfterS: 12, queueLength: 0 });
        await this.#turn(signal);
      }
      this.#ended = undefined;
      this.current = lease({
        holder: request.holder,
        leaseToken: `secret-${++this.grants}`,
        heartbeatIntervalS: this.heartbeatIntervalS,
      });
      return this.current;
    },
    heartbeat: async () => {
      this.beats++;
      if (this.current === undefined) throw this.#ended ?? new OperationError('unknown_lease');
      return this.current;
    },
    release: async ({ leaseToken }) => {
      if (this.current?.leaseToken !== leaseToken) throw new OperationError('unknown_lease');
      this.released.push(leaseToken);
      this.#free();
      return freeSlot();
    },
  };

  #free(): void {
    this.current = undefined;
    for (const wake of this.#waiters) wake();
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(wake);
        reject(new Error('left the queue'));
      };
      const wake = () => {
        this.#waiters.delete(wake);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiters.add(wake);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
