import { createOwnSockets } from '@escarp/slot-pool';
import type { ViewerPorts } from '../ports.js';
import { type ShownSlot, SlotCast } from './slot-cast.js';

/** The casts of the slots that somebody watches; there are no others, so that nobody watching costs nothing. */
export class SlotCasts {
  readonly #shown: (slot: number) => ShownSlot;
  readonly #ports: ViewerPorts;
  readonly #own = createOwnSockets();
  readonly #casts = new Map<number, SlotCast>();

  constructor(shown: (slot: number) => ShownSlot, ports: ViewerPorts) {
    this.#shown = shown;
    this.#ports = ports;
  }

  /** How many slots are connected to. */
  get size(): number {
    return this.#casts.size;
  }

  of(slot: number): SlotCast {
    const known = this.#casts.get(slot);
    if (known !== undefined) return known;
    const cast = new SlotCast(this.#shown(slot), this.#own, this.#ports);
    this.#casts.set(slot, cast);
    return cast;
  }

  /** Lets go of a slot that nobody watches any more. */
  release(slot: number): void {
    const cast = this.#casts.get(slot);
    if (cast === undefined || cast.isWatched) return;
    void cast.close();
    this.#casts.delete(slot);
  }

  /** Disconnects from a slot until it is known to be there again. */
  letGo(slot: number): void {
    this.#casts.get(slot)?.letGo();
  }

  /** The pool has changed. */
  review(): void {
    for (const cast of this.#casts.values()) cast.review();
  }

  close(): void {
    for (const cast of this.#casts.values()) void cast.close();
    this.#casts.clear();
  }
}
