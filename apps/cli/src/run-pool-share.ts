import { join } from 'node:path';
import type { KernelLock } from '@escarp/broker/home';
import { isKernelLockShared, openStateDirectory, shareKernelLock } from '@escarp/broker/home';
import type { Cli } from './cli.js';
import { takeTurn } from './ensure-daemon.js';

/**
 * A run's part in a pool that was started for runs. The run that started it may be over before others are that found it
 * running, and between two workers none of them holds a lease. So each has a share until it ends, however it ends, and the
 * last one stops the pool.
 */
export class RunPoolShare {
  readonly #cli: Pick<Cli, 'settings' | 'uid' | 'interrupted'>;
  #share: KernelLock | undefined;

  constructor(cli: Pick<Cli, 'settings' | 'uid' | 'interrupted'>) {
    this.#cli = cli;
  }

  /** Whether this run is one of those that the pool was started for. */
  get isHeld(): boolean {
    return this.#share !== undefined;
  }

  /** Finds the pool or starts it, while no other run stops it; `find` tells whether it is this run's own. */
  async join(find: () => Promise<boolean>): Promise<void> {
    await this.#inTurn(this.#cli.interrupted, async (path) => {
      if ((await find()) || (await isKernelLockShared(path))) this.#share ??= await shareKernelLock(path);
    });
  }

  /** Gives the share back, and stops the pool unless others have one. */
  async leave(stop: () => Promise<void>): Promise<void> {
    // Also of a run that was interrupted.
    await this.#inTurn(new AbortController().signal, async (path) => {
      await this.#share?.release();
      this.#share = undefined;
      if (!(await isKernelLockShared(path))) await stop();
    });
  }

  async #inTurn(interrupted: AbortSignal, work: (path: string) => Promise<void>): Promise<void> {
    const directory = await openStateDirectory(this.#cli.settings.home, this.#cli.uid);
    const turn = await takeTurn({ interrupted }, directory, 'run-pool-turn.lock');
    try {
      await work(join(directory.locks, 'run-pool.lock'));
    } finally {
      await turn.release();
    }
  }
}
