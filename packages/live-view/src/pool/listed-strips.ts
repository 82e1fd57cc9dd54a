import type { StoredStrip } from '@escarp/screenshots';
import type { StripSource } from './strip-source.js';

/** Which lease of a slot. */
export interface FencedSlot {
  readonly slot: number;
  readonly fence: number;
}

/**
 * Screenshots by slot and fence, as pages ask for them. A page that shows a strip asks for hundreds, so it is remembered from
 * the last list whose they are: to list them means to open every strip there is.
 */
export class ListedStrips {
  readonly #source: StripSource;
  #leases: ReadonlyMap<string, string> = new Map();
  #listing: Promise<StoredStrip[]> | undefined;

  constructor(source: StripSource) {
    this.#source = source;
  }

  /** That of the newest lease first. Those who ask at the same time share one answer. */
  async list(): Promise<StoredStrip[]> {
    this.#listing ??= this.#source.list().finally(() => {
      this.#listing = undefined;
    });
    const strips = await this.#listing;
    // The newest comes first, and is what counts if a journal was begun anew.
    this.#leases = new Map(strips.toReversed().map((strip) => [keyOf(strip), strip.lease]));
    return strips;
  }

  /** The JPEG of one; undefined if it is not there any more. */
  async read(whose: FencedSlot, file: string): Promise<Buffer | undefined> {
    if (!this.#leases.has(keyOf(whose))) await this.list();
    const lease = this.#leases.get(keyOf(whose));
    return lease === undefined ? undefined : this.#source.read(lease, file);
  }
}

const keyOf = ({ slot, fence }: FencedSlot): string => `${slot}:${fence}`;
