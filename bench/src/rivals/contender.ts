/** A page that a contender has open. */
export interface OpenPage {
  /** When it had a browser but no page yet, where that can be told: milliseconds from the start. */
  readonly browserMs?: number;
  close(): Promise<void>;
}

/** One way of getting from nothing to a page. */
export interface Contender {
  readonly name: string;
  /** Name of the contender that this one is compared with. */
  readonly rival?: string;
  /** Resolves when the page has been reached. */
  open(url: string): Promise<OpenPage>;
}
