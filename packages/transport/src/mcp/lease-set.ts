import { holdLease, type HeldLease } from '../http/held-lease.js';
import type { LeaseView } from '../lease-view.js';
import { firstAborted, OperationError } from '@escarp/contract';
import type { AcquireRequest } from '../operations/acquire.js';
import { EndedLeases } from './ended-leases.js';
import type { LeaseBroker } from './lease-broker.js';

/** What a set of leases needs. */
export type LeaseSetOptions = {
  broker: LeaseBroker;
  /** The largest number of leases at once; default: the size of the pool. */
  leasesMax?: number | undefined;
  /** Callers that do not know each other share this set, so each must name its lease. */
  mustName?: boolean | undefined;
  /** Milliseconds after which a lease that no call names is given back; default: never. */
  silenceMs?: number | undefined;
  /** What happens to leases when the connection ends. `leave` stops renewing and leaves them to their deadlines. */
  atClose?: 'release' | 'leave' | undefined;
  /** Called with every lease that begins here. */
  onBegun?: ((lease: LeaseView) => void) | undefined;
  /** Called with the handle of every lease that is no longer held here. Giving a lease back waits for it. */
  onEnded?: ((handle: string) => Promise<void>) | undefined;
};

/** A lease that is held here, and who it is for. */
export type Holding = { readonly lease: LeaseView; readonly agent: string | undefined };

type Entry = {
  handle: string;
  held: HeldLease;
  agent: string | undefined;
  /** Milliseconds without a call that names it. */
  silenceMs: number | undefined;
  calls: number;
  timer?: NodeJS.Timeout | undefined;
  /** Runs while a renewal is recent. */
  renewed?: NodeJS.Timeout | undefined;
};

/**
 * For this many milliseconds after a renewal, a page call asks for no other: in less time, no slot is reset, offered
 * and leased again.
 */
const renewalRecentMs = 50;

/** How a lease is acquired for a call. */
export type AcquireOptions = {
  signal: AbortSignal;
  /** To be used with this lease instead of the set's own. */
  silenceMs?: number | undefined;
};

/** The leases of one MCP connection, by their handles. Their tokens never leave it. */
export class LeaseSet {
  readonly #options: LeaseSetOptions;
  readonly #closed = new AbortController();
  readonly #entries = new Map<string, Entry>();
  readonly #ended: EndedLeases;
  #acquiring = 0;
  #lazy: Promise<LeaseView> | undefined;

  constructor(options: LeaseSetOptions) {
    this.#options = options;
    this.#ended = new EndedLeases(options.broker);
  }

  /** In the order in which they were acquired. */
  get holdings(): Holding[] {
    return [...this.#entries.values()].map(({ held, agent }) => ({ lease: held.lease, agent }));
  }

  /** What a caller may see: everything, or only what it named if the callers do not know each other. */
  shownTo(named: LeaseView | undefined): Holding[] {
    const { mustName = false } = this.#options;
    return mustName ? this.holdings.filter(({ lease }) => lease.handle === named?.handle) : this.holdings;
  }

  /**
   * Why leases were lost that nobody has been told about yet. Each reason is reported once, and none if the callers do
   * not know each other.
   */
  takeLosses(): OperationError[] {
    return this.#options.mustName ? [] : this.#ended.takeLosses();
  }

  /** @throws OperationError `already_holding`, and whatever acquire answers. */
  async acquire(request: AcquireRequest, { signal, silenceMs }: AcquireOptions): Promise<LeaseView> {
    await this.#expectRoom();
    this.#acquiring++;
    const over = new AbortController();
    try {
      const { broker } = this.#options;
      const either = firstAborted([signal, this.#closed.signal], over.signal);
      const lease = await broker.acquire(request, { signal: either });
      if (either.aborted) await broker.release({ leaseToken: lease.leaseToken, noWait: true });
      either.throwIfAborted();
      this.adopt(lease, request.agent, silenceMs);
      return lease;
    } finally {
      over.abort();
      this.#acquiring--;
    }
  }

  /** From now on, holds a lease that was acquired elsewhere. */
  adopt(lease: LeaseView, agent: string | undefined, silenceMs = this.#options.silenceMs): void {
    const held = holdLease(this.#options.broker, lease);
    const entry: Entry = { handle: lease.handle, held, agent, silenceMs, calls: 0 };
    this.#entries.set(entry.handle, entry);
    this.#expectCall(entry);
    void held.lost.then((reason) => {
      if (this.#isHeld(entry)) this.#ended.lost(reason);
      return this.#drop(entry);
    });
    this.#options.onBegun?.(lease);
  }

  /**
   * The lease that a call means. Without a handle it is the only one, or undefined if none is held.
   *
   * @throws OperationError `which_lease`, listing them; `lease_ended`, saying how and when; `unknown_lease`.
   */
  async pick(handle: string | undefined): Promise<LeaseView | undefined> {
    const entry = handle === undefined ? this.#only() : await this.#named(handle);
    return entry?.held.lease;
  }

  /**
   * The same for a call that works in the browser, which may be another holder's the moment the lease has ended: it is
   * renewed first. If none is held, `acquire` gets one; calls that arrive in the meantime wait for it and share it.
   *
   * @throws OperationError as `pick`, and `lease_ended` once without a handle if the lease that was held is lost.
   */
  async pickOr(handle: string | undefined, acquire: () => Promise<LeaseView>): Promise<LeaseView> {
    const entry = handle === undefined ? this.#only() : await this.#known(handle);
    if (entry !== undefined) await this.#renewUnlessRecent(entry);
    if (entry !== undefined && this.#isHeld(entry)) return entry.held.lease;
    if (handle !== undefined) throw await this.#ended.reasonOf(handle);
    const [loss] = this.takeLosses();
    if (loss !== undefined) throw loss;
    this.#lazy ??= acquire().finally(() => (this.#lazy = undefined));
    return await this.#lazy;
  }

  /**
   * Works with a lease that is held. While the work runs, the lease does not count as silent.
   *
   * @throws OperationError `lease_ended` if the work failed because the lease ended; else what the work throws.
   */
  async during<Output>(handle: string, work: () => Promise<Output>): Promise<Output> {
    const entry = await this.#known(handle);
    entry.calls++;
    try {
      return await work();
    } catch (error) {
      throw this.#isHeld(entry) ? error : await this.#ended.reasonOf(handle);
    } finally {
      entry.calls--;
      if (this.#isHeld(entry)) this.#expectCall(entry);
    }
  }

  /** Renews all leases now, so that what is shown is current, and lost ones are recognised. */
  async renew(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ held }) => held.renew().catch(() => undefined)));
  }

  /** What was given back, or undefined if none was held. */
  async release(handle: string | undefined): Promise<LeaseView | undefined> {
    const lease = await this.pick(handle);
    const entry = lease && this.#entries.get(lease.handle);
    if (lease === undefined || entry === undefined) return undefined;
    await this.#drop(entry);
    await entry.held.release();
    return lease;
  }

  /**
   * Leaves the queue and gives every slot back without waiting for its reset. Never fails, because the leases would
   * expire anyway.
   */
  async close(): Promise<void> {
    this.#closed.abort(new OperationError('shutting_down', { message: 'The session was closed.' }));
    await Promise.all([...this.#entries.values()].map((entry) => this.#letGo(entry)));
  }

  async #letGo(entry: Entry): Promise<void> {
    const { held } = entry;
    await this.#drop(entry);
    if (this.#options.atClose === 'leave' && this.#closed.signal.aborted) held.stop();
    else await held.release({ noWait: true }).catch(() => undefined);
  }

  /** A lease that was just lost must not stand in the way of the next one. */
  async #expectRoom(): Promise<void> {
    await this.renew();
    const { leasesMax = Infinity } = this.#options;
    if (this.#entries.size + this.#acquiring < leasesMax) return;
    const [holding] = this.holdings;
    throw new OperationError('already_holding', {
      message: `This session may hold ${leasesMax} at once, and holds or is acquiring as many.`,
      details: { leases: this.holdings.map(leaseDetails), ...(holding && { slot: holding.lease.slot }) },
    });
  }

  async #named(handle: string): Promise<Entry> {
    const entry = await this.#known(handle);
    // Naming a lease renews it, and one that has ended in the meantime must not be shown.
    await entry.held.renew().catch(() => undefined);
    if (this.#isHeld(entry)) return entry;
    throw await this.#ended.reasonOf(handle);
  }

  /** The lease that is meant by a call that names none. */
  #only(): Entry | undefined {
    if (this.#options.mustName) throw whichLease([], 'Connections without a session must name the lease.');
    const [only, ...others] = this.#entries.values();
    if (others.length > 0) throw whichLease(this.holdings, 'Several leases are held here.');
    return only;
  }

  #isHeld(entry: Entry): boolean {
    return this.#entries.get(entry.handle) === entry;
  }

  async #known(handle: string): Promise<Entry> {
    const entry = this.#entries.get(handle);
    if (entry === undefined) throw await this.#ended.reasonOf(handle);
    this.#expectCall(entry);
    return entry;
  }

  async #renewUnlessRecent(entry: Entry): Promise<void> {
    if (entry.renewed !== undefined) return;
    const isRenewed = await entry.held.renew().then(
      () => true,
      () => false,
    );
    clearTimeout(entry.renewed);
    entry.renewed = isRenewed
      ? setTimeout(() => (entry.renewed = undefined), renewalRecentMs).unref()
      : undefined;
  }

  #expectCall(entry: Entry): void {
    clearTimeout(entry.timer);
    if (entry.silenceMs === undefined || entry.calls > 0) return;
    entry.timer = setTimeout(() => {
      if (entry.calls === 0) void this.#letGo(entry);
    }, entry.silenceMs).unref();
  }

  /** From now on it is not held; resolves when all work on its browser has ended. */
  async #drop(entry: Entry): Promise<void> {
    const { handle } = entry;
    if (!this.#isHeld(entry)) return;
    clearTimeout(entry.timer);
    this.#entries.delete(handle);
    this.#ended.remember(handle, entry.held.lease.leaseToken);
    await this.#options.onEnded?.(handle);
  }
}

const whichLease = (holdings: readonly Holding[], message: string) =>
  new OperationError('which_lease', { message, details: { leases: holdings.map(leaseDetails) } });

const leaseDetails = ({ lease: { handle, slot }, agent }: Holding) => ({
  lease: handle,
  slot,
  ...(agent === undefined ? {} : { agent }),
});
