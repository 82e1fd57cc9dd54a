import { join } from 'node:path';
import { DaemonError } from '../errors.js';
import type { KernelLock } from '../state-directory/kernel-lock.js';
import { takeKernelLock } from '../state-directory/kernel-lock.js';

/** A kernel lock for each slot, so that no two processes ever work on the same one. */
export class SlotLocks {
  private readonly folder: string;
  private readonly held = new Map<number, KernelLock>();
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(folder: string) {
    this.folder = folder;
  }

  async take(slot: number): Promise<void> {
    if (this.held.has(slot)) return;
    const lock = await takeKernelLock(join(this.folder, `slot-${slot}.lock`));
    if (lock === undefined) throw busy(slot);
    this.held.set(slot, lock);
  }

  async release(slot: number): Promise<void> {
    const lock = this.held.get(slot);
    this.held.delete(slot);
    await lock?.release();
    for (const resolve of this.waiting.get(slot) ?? []) resolve();
    this.waiting.delete(slot);
  }

  /** Resolves when this process does not hold the slot's lock, which may be at once. */
  async released(slot: number): Promise<void> {
    if (!this.held.has(slot)) return;
    await new Promise<void>((resolve) => {
      this.waiting.set(slot, [...(this.waiting.get(slot) ?? []), resolve]);
    });
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.held.keys()].map((slot) => this.release(slot)));
  }
}

function busy(slot: number): DaemonError {
  return new DaemonError(
    'daemon_already_running',
    `Another escarp process works on slot ${slot}.`,
    'Wait for it to end; escarp status shows whether a daemon is running.',
  );
}
