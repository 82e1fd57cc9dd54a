import { join } from 'node:path';
import { claimPlace, portClaim, takeClaim } from '@escarp/owned-files';
import { DaemonError } from '../errors.js';
import type { KernelLock } from '../state-directory/kernel-lock.js';
import { takeKernelLock } from '../state-directory/kernel-lock.js';
import { cdpPortOf } from './pool-ports.js';

/** Where the slots' browsers listen, for locks that are tied to the browser itself. */
export interface SlotPorts {
  /** DevTools port of slot 0. */
  readonly cdpBase: number;
  readonly shortTmp: string;
}

/**
 * A kernel lock, so that no two processes ever work on the same slot, and a claim on its browser's port, which remains
 * valid if the state directory with its locks is moved, deleted or copied while the process runs.
 */
export class SlotLock {
  private readonly slot: number;
  private readonly folder: string;
  private readonly ports: SlotPorts | undefined;
  private held: KernelLock | undefined;
  private waiting: (() => void)[] = [];

  constructor(slot: number, folder: string, ports?: SlotPorts) {
    this.slot = slot;
    this.folder = folder;
    this.ports = ports;
  }

  /** Does nothing if this process has it already. Throws `daemon_already_running` if another process has it. */
  async take(): Promise<void> {
    if (this.held !== undefined) return;
    const lock = await takeKernelLock(join(this.folder, `slot-${this.slot}.lock`));
    if (lock === undefined) throw busy(`slot ${this.slot}`);
    this.held = await this.withClaim(lock);
  }

  private async withClaim(lock: KernelLock): Promise<KernelLock> {
    if (this.ports === undefined) return lock;
    const port = cdpPortOf(this.slot, this.ports.cdpBase);
    const claim = await takeClaim(portClaim(port), claimPlace(this.ports.shortTmp)).catch(
      async (error: unknown) => {
        await lock.release();
        throw error;
      },
    );
    if (claim === undefined) {
      await lock.release();
      throw busy(`the browser of slot ${this.slot} at port ${port}`);
    }
    return {
      release: async () => {
        await claim.release();
        await lock.release();
      },
    };
  }

  async release(): Promise<void> {
    const lock = this.held;
    this.held = undefined;
    await lock?.release();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves as soon as this process does not hold the lock, which may be at once. */
  async released(): Promise<void> {
    if (this.held === undefined) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

function busy(what: string): DaemonError {
  return new DaemonError(
    'daemon_already_running',
    `Another escarp process is using ${what}.`,
    'Wait for it to end, or end it; escarp status shows whether a daemon of this state directory is running, and escarp doctor finds one whose state directory was deleted. If it belongs to another ESCARP_HOME, set ESCARP_CDP_BASE to other ports; if the state directory was moved or copied, end the daemon that used it before.',
  );
}
