import { readLaunchRecord } from '../launch-record.js';
import { slotBrowser } from '../process/slot-processes.js';
import type { RunningSlot, SlotContext } from '../running-slot.js';
import { isTaken } from '../slot-directories.js';
import { slotMemoryBytes } from '../slot-memory.js';
import { otherSeat, slotPaths, sparePaths } from '../slot-paths.js';
import type { Seat, SlotPaths } from '../slot-paths.js';
import type { SlotSpec, Tier } from '../slot.js';
import type { Spare } from './spare-launch.js';
import { letGo } from './spare-launch.js';
import { SlotSpare } from './slot-spare.js';
import type { SpareFacts } from './slot-spare.js';

/** Which seat a slot's browser has, and the spare in the other. */
export class SlotSeats {
  readonly #index: number;
  readonly #context: SlotContext;
  readonly #spare: SlotSpare;
  /** Of the slot's browser; unknown until the slot is looked at. */
  #seat: Seat | undefined;
  #isLeftoverCleared = false;
  /** The spare may be taking its seat. */
  #isChanging = false;

  constructor(index: number, context: SlotContext) {
    this.#index = index;
    this.#context = context;
    this.#spare = new SlotSpare(context);
  }

  /** The paths of the slot's browser. */
  async pathsOf({ tier }: SlotSpec): Promise<SlotPaths> {
    this.#seat ??= await this.#recordedSeat(tier);
    return this.pathsNow(tier);
  }

  /** The same, of a slot that has been looked at. */
  pathsNow(tier: Tier): SlotPaths {
    return slotPaths(this.#context.place, this.#index, tier, this.#seat);
  }

  /** Clears away, once, what an earlier process may have left of a spare. */
  async clearLeftover({ tier }: SlotSpec): Promise<void> {
    if (!this.#isLeftoverCleared && (await isTaken(this.#vacant(tier)))) {
      await this.#spare.discard();
      await this.#spare.clear(this.#vacant(tier));
    }
    this.#isLeftoverCleared = true;
  }

  /** Ends the spare of a slot that is being stopped, and begins none until the slot has been looked at again. */
  async stop({ tier }: SlotSpec): Promise<void> {
    const vacant = this.#vacant(tier);
    this.#seat = undefined;
    this.#isLeftoverCleared = false;
    await this.#spare.discard();
    await this.#spare.clear(vacant);
  }

  /** Begins a spare unless there is one or none may be made, and resolves when it waits or is not going to. */
  async prepareSpare(spec: SlotSpec): Promise<void> {
    await this.#spare.prepare(spec, () =>
      this.#seat === undefined || this.#isChanging ? undefined : this.#vacant(spec.tier),
    );
  }

  discardSpare(): Promise<void> {
    return this.#spare.discard();
  }

  /** The slot's browser keeps running. */
  close(): Promise<void> {
    return this.#spare.close();
  }

  spare(): SpareFacts | undefined {
    return this.#spare.facts;
  }

  async spareMemoryBytes(): Promise<number | undefined> {
    const { paths } = this.#spare;
    return paths && slotMemoryBytes(this.#context.processes, paths);
  }

  /**
   * Does `work` with what puts the slot's spare in the place of its browser, once that has ended. That resolves with
   * undefined if there is no spare or it does not come up. Whatever becomes of the work, nothing but the slot's browser is
   * left.
   */
  async withSpare(
    spec: SlotSpec,
    work: (seated: () => Promise<RunningSlot | undefined>) => Promise<void>,
  ): Promise<void> {
    this.#isChanging = true;
    let spare: Spare | undefined;
    try {
      spare = await this.#spare.take(spec);
      await work(async () => {
        const taken = spare;
        spare = undefined;
        return taken && this.#seated(taken, spec.tier);
      });
    } finally {
      try {
        if (spare !== undefined) await this.#spare.clear(spare.plan.paths);
      } finally {
        this.#isChanging = false;
      }
    }
  }

  async #seated(spare: Spare, tier: Tier): Promise<RunningSlot | undefined> {
    const { spares, place } = this.#context;
    const seat = otherSeat(this.#seat ?? 'first');
    try {
      const running = await letGo(spare, slotPaths(place, this.#index, tier, seat), this.#context);
      this.#seat = seat;
      spares.succeeded();
      return running;
    } catch (error) {
      spares.failed(error);
      await this.#spare.clear(spare.plan.paths);
      return undefined;
    }
  }

  #vacant(tier: Tier): SlotPaths {
    return sparePaths(this.#context.place, this.#index, tier, otherSeat(this.#seat ?? 'first'));
  }

  /** As the launch record says, or else where a browser runs. */
  async #recordedSeat(tier: Tier): Promise<Seat> {
    const { place, processes } = this.#context;
    const paths = (seat: Seat): SlotPaths => slotPaths(place, this.#index, tier, seat);
    const [first, second] = [paths('first'), paths('second')];
    const record = await readLaunchRecord(first.record);
    if (record !== undefined) return record.profile === second.profile ? 'second' : 'first';
    if (!(await isTaken(second)) || (await slotBrowser(processes, first)) !== undefined) return 'first';
    return (await slotBrowser(processes, second)) === undefined ? 'first' : 'second';
  }
}
