import type { SlotFacts } from '../pool/pool-facts.js';
import type { Session } from './session.js';

/** Which session has taken which lease over: a person's input comes from that page alone. */
export class Takeovers {
  readonly #bySlot = new Map<number, { sessionId: string; fence: number }>();

  note(slot: number, fence: number, { id }: Session): void {
    this.#bySlot.set(slot, { sessionId: id, fence });
  }

  forget(slot: number): void {
    this.#bySlot.delete(slot);
  }

  /** Whether the slot's lease is in the hands of this session. */
  isOwn({ slot, fence, control }: SlotFacts, { id }: Session): boolean {
    const taken = this.#bySlot.get(slot);
    return control?.by === 'human' && taken?.sessionId === id && taken.fence === fence;
  }
}
