import type { HeldLease } from '@escarp/transport/client';

/** What is leased, and how long it is waited for. */
export interface LeaseWish {
  /** Who holds the lease, as the status shows it. Default: the name of the current folder. */
  readonly holder?: string;
  /** This slot and no other. */
  readonly slot?: number;
  /** Seconds to wait in the queue if every slot is leased. Default: 600. */
  readonly waitS?: number;
  /** Seconds that the lease outlives a process that died. Default: as the daemon is set. */
  readonly ttlS?: number;
}

/** Slots that this process leases, without a daemon and without HTTP. */
export interface Pool {
  /** Leases a slot, and renews the lease until it is released. */
  lease(wish?: LeaseWish): Promise<HeldLease>;
  /**
   * Address for `PW_TEST_CONNECT_WS_ENDPOINT`, at which each worker that connects is leased a slot. The suite's Playwright is
   * looked for in the current folder and above, or in that of `suite`.
   *
   * @throws PlaywrightError `playwright_missing` or `playwright_too_old`.
   */
  playwrightEndpoint(options?: { readonly suite?: string }): Promise<string>;
  /** Ends every lease and every browser. */
  close(): Promise<void>;
}
