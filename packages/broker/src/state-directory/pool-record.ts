import type { PoolFile } from './pool-file.js';
import { poolText, writePoolFile } from './pool-file.js';
import { KeyedMutex } from '../slots/keyed-mutex.js';

/** Keeps `pool.json` in step with the pool: the next daemon starts with what it says. */
export class PoolRecord {
  private readonly path: string;
  private readonly newId: () => string;
  private pool: PoolFile;
  private readonly writes = new KeyedMutex<string>();

  constructor(path: string, pool: PoolFile, newId: () => string) {
    this.path = path;
    this.pool = pool;
    this.newId = newId;
  }

  /** Throws `bad_setting` for a slot with which the next start could not read the pool. */
  refuseUnfit(slot: number): void {
    poolText({ ...this.pool, slots: [...this.pool.slots, slot] });
  }

  async include(slot: number): Promise<void> {
    await this.change((slots) => new Set([...slots, slot]));
  }

  async exclude(slot: number): Promise<void> {
    await this.change((slots) => new Set([...slots].filter((other) => other !== slot)));
  }

  /** One write at a time, each based on the result of the one before; a write that fails changes nothing. */
  private async change(changed: (slots: ReadonlySet<number>) => ReadonlySet<number>): Promise<void> {
    const write = async (): Promise<void> => {
      const slots = [...changed(new Set(this.pool.slots))].toSorted((a, b) => a - b);
      const pool = { ...this.pool, slots };
      await writePoolFile(this.path, pool, this.newId);
      this.pool = pool;
    };
    return this.writes.run(this.path, write);
  }
}
