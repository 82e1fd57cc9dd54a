/** Where a slot is: its number in the pool of a host. Without a host, this one. */
export type SlotAddress = {
  host?: string | undefined;
  /** Counted from 0. */
  slot: number;
};
