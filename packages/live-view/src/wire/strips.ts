/** The screenshots of one lease. */
export interface SlotStrip {
  slot: number;
  /** Which of the slot's leases it is. */
  fence: number;
  holder: string;
  /** When the lease began, in epoch seconds. */
  since: number;
  /** Whether they stay when the lease ends. */
  isKept: boolean;
  /** The oldest first. */
  pictures: StripShot[];
}

/** One screenshot. */
export interface StripShot {
  /** Names it in its path. */
  file: string;
  /** When the page looked so, in epoch seconds. */
  at: number;
  title: string;
  /** Without user, query and fragment. */
  url: string;
}
