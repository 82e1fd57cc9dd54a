import { join } from 'node:path';
import { claimPlace, portClaim, takeClaim } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import type { KernelLock } from '../state-directory/kernel-lock.js';
import { takeKernelLock } from '../state-directory/kernel-lock.js';

/** Where the slots' browsers listen, for locks that bind to the browser itself. */
export interface SlotPorts {
  readonly portOf: (slot: number) => number;
  readonly shortTmp: string;
}

/**
 * A kernel lock for each slot, so that no two processes ever work on the same one, and a claim on its browser's port,
 * which holds also when the state directory, locks and all, was moved, deleted or copied under a process.
 */
export class SlotLocks {
  private readonly folder: string;
  private readonly ports: SlotPorts | undefined;
  private readonly held = new Map<number, KernelLock>();
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(folder: string, ports?: SlotPorts) {
    this.folder = folder;
    this.ports = ports;
  }

  async take(slot: number): Promise<void> {
    if (this.held.has(slot)) return;
    const lock = await takeKernelLock(join(this.folder, `slot-${slot}.lock`));
    if (lock === undefined) throw busy(`slot ${slot}`);
    this.held.set(slot, await this.withClaim(slot, lock));
  }

  private async withClaim(slot: number, lock: KernelLock): Promise<KernelLock> {
    if (this.ports === undefined) return lock;
    const port = this.ports.portOf(slot);
    const claim = await takeClaim(portClaim(port), claimPlace(this.ports.shortTmp)).catch(
      async (error: unknown) => {
        await lock.release();
        throw error;
      },
    );
    if (claim === undefined) {
      await lock.release();
      throw busy(`the browser of slot ${slot} at port ${port}`);
    }
    return {
      release: async () => {
        await claim.release();
        await lock.release();
      },
    };
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

function busy(what: string): DaemonError {
  return new DaemonError(
    'daemon_already_running',
    `Another escarp process works on ${what}.`,
    'Wait for it to end; escarp status shows whether a daemon is running. If its state directory was moved or copied, end that daemon first.',
  );
}
