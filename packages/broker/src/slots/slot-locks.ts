import { SlotLock, type SlotPorts } from './slot-lock.js';

/** The locks of several slots, for a command that works on browsers while no daemon runs. */
export class SlotLocks {
  private readonly folder: string;
  private readonly ports: SlotPorts | undefined;
  private readonly taken: SlotLock[] = [];

  constructor(folder: string, ports?: SlotPorts) {
    this.folder = folder;
    this.ports = ports;
  }

  /** Throws `daemon_already_running` if another process works on the slot. */
  async take(slot: number): Promise<void> {
    const lock = new SlotLock(slot, this.folder, this.ports);
    await lock.take();
    this.taken.push(lock);
  }

  /** Releases every lock that is held. */
  async releaseAll(): Promise<void> {
    await Promise.all(this.taken.splice(0).map((lock) => lock.release()));
  }
}
