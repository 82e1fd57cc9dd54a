import { type AskResult, OperationError, type LeaseView } from '@escarp/transport';
import type { LeaseBroker } from '@escarp/transport/mcp';
import { freeSlot, lease } from '../sample-views.js';

/** Slots that are leased to whoever comes first: one, unless more are asked for. Tests end leases by hand. */
export class MemoryBroker {
  readonly leased = new Map<number, LeaseView>();
  asked: Parameters<LeaseBroker['acquire']>[0][] = [];
  released: string[] = [];
  beats = 0;
  grants = 0;
  heartbeatIntervalS = 20;
  readonly questions: string[] = [];
  readonly #asked = new Map<string, Promise<AskResult>>();
  /** A person answers the last question. */
  answer: (outcome: AskResult['outcome'], note?: string) => void = () => {};
  readonly #size: number;
  readonly #ended = new Map<string, OperationError>();
  readonly #waiters = new Map<() => void, string>();

  constructor(size = 1) {
    this.#size = size;
  }

  /** The lease on the first slot. */
  get current(): LeaseView | undefined {
    return this.leased.get(0);
  }

  /** A person takes over, or hands back. */
  control(by: 'human' | 'agent', slot = 0): void {
    const held = this.leased.get(slot);
    if (held !== undefined) this.leased.set(slot, { ...held, control: { by, since: 1000 } });
  }

  /** As if an operator had revoked the lease. */
  revoke(slot = 0): void {
    this.#end(slot, 'The lease was revoked at 12:00.');
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  readonly broker: LeaseBroker = {
    status: async () => ({
      poolSize: this.#size,
      leaseTtlS: 60,
      reaperIntervalS: 2,
      slots: Array.from({ length: this.#size }, (_, slot) => this.#slot(slot)),
      queueLength: this.waiting,
      queue: [...this.#waiters.values()].map((holder, at) => ({
        holder,
        position: at + 1,
        estimateS: 11.5,
        queuedAt: 1000,
      })),
      version: '2.0.0',
      revision: 1,
    }),
    acquire: async (request, { signal } = {}) => {
      this.asked.push(request);
      const { holder, agent } = request;
      while (this.leased.size === this.#size) {
        if (!request.waitS) throw new OperationError('pool_exhausted', { retryAfterS: 12, queueLength: 0 });
        await this.#turn(agent === undefined ? holder : `${holder}/${agent}`, signal);
      }
      const granted = this.#grant(request.holder);
      this.leased.set(granted.slot, granted);
      return granted;
    },
    heartbeat: async ({ leaseToken }) => {
      this.beats++;
      return this.#held(leaseToken);
    },
    release: async ({ leaseToken }) => {
      const { slot } = this.#held(leaseToken);
      this.released.push(leaseToken);
      this.#end(slot, 'The lease was released at 12:00.');
      return freeSlot({ slot });
    },
    ask: async ({ leaseToken, reason, requestId = String(this.questions.length) }, { signal } = {}) => {
      this.#held(leaseToken);
      const asked = this.#asked.get(requestId) ?? this.#ask(reason);
      this.#asked.set(requestId, asked);
      const hungUp = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      return await Promise.race([asked, hungUp]);
    },
  };

  #ask(reason: string): Promise<AskResult> {
    this.questions.push(reason);
    return new Promise((resolve) => {
      this.answer = (outcome, note) => resolve({ id: '1', outcome, ...(note === undefined ? {} : { note }) });
    });
  }

  #slot(slot: number) {
    const held = this.leased.get(slot);
    if (held === undefined) return freeSlot({ slot });
    return freeSlot({ slot, state: 'leased', holder: held.holder, fence: held.fence, cdpWsUrl: null });
  }

  #grant(holder: string): LeaseView {
    const slot =
      Array.from({ length: this.#size }, (_, each) => each).find((each) => !this.leased.has(each)) ?? 0;
    const number = ++this.grants;
    return lease({
      slot,
      holder,
      fence: number,
      leaseToken: `secret-${number}`,
      handle: `handle-${number}`,
      heartbeatIntervalS: this.heartbeatIntervalS,
    });
  }

  #held(leaseToken: string): LeaseView {
    const held = [...this.leased.values()].find((each) => each.leaseToken === leaseToken);
    if (held === undefined) throw this.#ended.get(leaseToken) ?? new OperationError('unknown_lease');
    return held;
  }

  #end(slot: number, message: string): void {
    const held = this.leased.get(slot);
    if (held !== undefined) this.#ended.set(held.leaseToken, new OperationError('lease_ended', { message }));
    this.leased.delete(slot);
    for (const wake of this.#waiters.keys()) wake();
  }

  async #turn(holder: string, signal: AbortSignal | undefined): Promise<void> {
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
      this.#waiters.set(wake, holder);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
