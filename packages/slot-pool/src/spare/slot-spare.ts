import { setTimeout as pause } from 'node:timers/promises';
import { refuseLivingOwner } from '../living-owner.js';
import { killSlotProcesses } from '../process/slot-processes.js';
import type { SlotContext } from '../running-slot.js';
import { discardDirectories, isTaken } from '../slot-directories.js';
import type { SlotPaths } from '../slot-paths.js';
import type { SlotSpec } from '../slot.js';
import type { Spare } from './spare-launch.js';
import { launchSpare, unfitness } from './spare-launch.js';

/** A spare that waits. */
export interface SpareFacts {
  readonly pid: number;
}

interface Making {
  readonly spec: SlotSpec;
  readonly paths: SlotPaths;
  readonly stop: AbortController;
  /** Resolves when it waits, or when there is nothing left of it. Never rejects. */
  done: Promise<void>;
  /** It is past where it waits for the spares of other slots. */
  isStarted: boolean;
  spare: Spare | undefined;
}

/** The spare of one slot: at most one, from when it is begun until it is taken or discarded. */
export class SlotSpare {
  readonly #context: SlotContext;
  #making: Making | undefined;
  #isClosed = false;
  #clearing: Promise<void> = Promise.resolve();

  constructor(context: SlotContext) {
    this.#context = context;
  }

  /** The paths of the spare that waits. */
  get paths(): SlotPaths | undefined {
    return this.#making?.spare?.plan.paths;
  }

  get facts(): SpareFacts | undefined {
    const spare = this.#making?.spare;
    return spare && { pid: spare.entry.pid };
  }

  /**
   * Begins a spare unless there is one, or none may be made. Where it goes is asked at that moment; there may be no place for
   * it then.
   */
  async prepare(spec: SlotSpec, placeNow: () => SlotPaths | undefined): Promise<void> {
    if (this.#making !== undefined || !(await this.#context.spares.allow(spec))) return;
    const paths = placeNow();
    if (this.#making !== undefined || this.#isClosed || paths === undefined) return;
    const making: Making = {
      spec,
      paths,
      stop: new AbortController(),
      done: Promise.resolve(),
      isStarted: false,
      spare: undefined,
    };
    this.#making = making;
    making.done = this.#make(making);
    await making.done;
  }

  /** The spare, if it waits and is fit to be let go; otherwise nothing is left of it. It is the caller's from now on. */
  async take(wanted: SlotSpec): Promise<Spare | undefined> {
    const spare = this.#making?.spare;
    const unfit = spare && (await unfitness(spare, wanted, this.#context).catch((error: unknown) => error));
    if (spare !== undefined && unfit === undefined && this.#making?.spare === spare) {
      this.#making = undefined;
      return spare;
    }
    if (unfit !== undefined) this.#context.spares.failed(unfit);
    await this.discard();
    return undefined;
  }

  /** Ends whatever there is of a spare. */
  async discard(): Promise<void> {
    const making = this.#making;
    this.#making = undefined;
    making?.stop.abort();
    // One that has not been started never will be, and there may be many before it.
    if (making?.isStarted === true) {
      await making.done;
      await this.clear(making.paths);
    }
    await this.#clearing;
  }

  /** Ends it, and begins none any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.discard();
  }

  /** Kills and removes what is at a spare's paths, one after the other. */
  clear(paths: SlotPaths): Promise<void> {
    const cleared = this.#clearing.then(() => clearSeat(paths, this.#context));
    this.#clearing = cleared.catch(() => {});
    return cleared;
  }

  async #make(making: Making): Promise<void> {
    const { spec, paths, stop } = making;
    const { spares, limits } = this.#context;
    try {
      await pause(limits.spareDelayMs, undefined, { signal: stop.signal, ref: false });
      await this.#clearing;
      making.spare = await spares.gate(async () => {
        stop.signal.throwIfAborted();
        making.isStarted = true;
        // Left by a clearing that failed, or put there by the slot's holder for the next one.
        if (await isTaken(paths)) await this.clear(paths);
        return launchSpare(spec, paths, this.#context, stop.signal);
      });
      void making.spare.over.then(() => this.#forget(making));
    } catch (error) {
      if (stop.signal.aborted) return;
      spares.failed(error);
      await this.#forget(making);
    }
  }

  /** A spare that ended by itself. One that was taken, or is being discarded, is not looked after here. */
  async #forget(making: Making): Promise<void> {
    if (this.#making !== making) return;
    this.#making = undefined;
    await this.clear(making.paths).catch((error: unknown) => this.#context.spares.failed(error));
  }
}

/** Proven like everything that is killed, and by its own profile. */
async function clearSeat(paths: SlotPaths, context: SlotContext): Promise<void> {
  const { processes, limits, trash, place } = context;
  const seen = await refuseLivingOwner(context, paths);
  await killSlotProcesses(processes, paths, limits.killMs, { seen });
  await discardDirectories(trash, place, [paths.profile, paths.tmp]);
  trash.empty();
}
