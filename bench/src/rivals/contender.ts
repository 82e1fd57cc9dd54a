/** A page that a contender has open. */
export interface OpenPage {
  /** When it could be asked to navigate, where it was started first: milliseconds from the start. */
  readonly startedMs?: number;
  close(): Promise<void>;
}

/** One way of getting from nothing to a page. */
export interface Contender {
  readonly name: string;
  readonly isOurs: boolean;
  /** Name of the contender that this one is compared with. */
  readonly rival?: string;
  /** False if several at once would meet in one browser. */
  readonly isConcurrent?: boolean;
  /** Resolves when the page has been reached. */
  open(url: string): Promise<OpenPage>;
}
