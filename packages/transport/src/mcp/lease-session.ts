import type { HeldLease } from '../http/held-lease.js';
import { holdLease } from '../http/held-lease.js';
import type { LeaseView } from '../lease-view.js';
import { OperationError } from '../operation-error.js';
import type { AcquireRequest } from '../operations/acquire.js';
import type { LeaseBroker } from './lease-broker.js';

/** The one lease of one MCP session. The token stays in here. */
export class LeaseSession {
  readonly #broker: LeaseBroker;
  readonly #closed = new AbortController();
  #acquiring = false;
  #held: HeldLease | undefined;
  #loss: OperationError | undefined;

  constructor(broker: LeaseBroker) {
    this.#broker = broker;
  }

  get lease(): LeaseView | undefined {
    return this.#held?.lease;
  }

  /** Why the lease was lost, told once. */
  takeLoss(): OperationError | undefined {
    const loss = this.#loss;
    this.#loss = undefined;
    return loss;
  }

  /**
   * Also says if, and why, an earlier lease was lost that nobody was told of yet.
   *
   * @throws OperationError `already_holding`, and whatever acquire answers.
   */
  async acquire(
    request: AcquireRequest,
    signal: AbortSignal,
  ): Promise<{ lease: LeaseView; loss: OperationError | undefined }> {
    if (this.#acquiring)
      throw new OperationError('already_holding', { message: 'This session is acquiring already.' });
    this.#acquiring = true;
    try {
      // A lease that was lost a moment ago must not stand in the way of the next.
      await this.renew();
      if (this.#held !== undefined) throw alreadyHolding(this.#held.lease);
      const either = AbortSignal.any([signal, this.#closed.signal]);
      const lease = await this.#broker.acquire(request, { signal: either });
      if (either.aborted) await this.#broker.release({ leaseToken: lease.leaseToken, noWait: true });
      either.throwIfAborted();
      const loss = this.takeLoss();
      this.#hold(lease);
      return { lease, loss };
    } finally {
      this.#acquiring = false;
    }
  }

  /** Renews now, so that what is shown is current. Without a lease, nothing. */
  async renew(): Promise<void> {
    await this.#held?.renew().catch(() => undefined);
  }

  /** The slot that was given back, or undefined if none was held. */
  async release(): Promise<number | undefined> {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = undefined;
    await held.release();
    return held.lease.slot;
  }

  /** Leaves the queue and gives the slot back without waiting for its reset. Never fails: the lease would expire. */
  async close(): Promise<void> {
    this.#closed.abort(new OperationError('shutting_down', { message: 'The session was closed.' }));
    const held = this.#held;
    this.#held = undefined;
    await held?.release({ noWait: true }).catch(() => undefined);
  }

  #hold(lease: LeaseView): void {
    this.#held = holdLease(this.#broker, lease);
    void this.#watch(this.#held);
  }

  async #watch(held: HeldLease): Promise<void> {
    const reason = await held.lost;
    if (this.#held !== held) return;
    this.#held = undefined;
    this.#loss = reason;
  }
}

const alreadyHolding = ({ slot }: LeaseView) =>
  new OperationError('already_holding', {
    message: `This session holds slot ${slot} already.`,
    details: { slot },
  });
