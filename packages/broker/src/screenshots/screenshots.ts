import { isDeepStrictEqual } from 'node:util';
import type { Change, RegistryEvent, RegistryState } from '@escarp/lease-registry';
import { discardStrip, type RecordedLease, tidyStrips } from '@escarp/screenshots';
import type { Log } from '../log.js';
import { RecorderProcess, type RecorderTimes } from './recorder-process.js';
import type { RecorderProgram } from './running-recorder.js';
import { recordedLeases, screenshotsOf } from './wanted-screenshots.js';

export interface ScreenshotsOptions extends Pick<RecorderProgram, 'home' | 'env'> {
  /** Path of the recorder's program; undefined where there is none, and so no pictures. */
  readonly program: string | undefined;
  readonly log: Log;
  /** DevTools port of slot 0. */
  readonly cdpBase: number;
  /** Default: those for use. */
  readonly times?: RecorderTimes;
}

/** Changes after which pictures may have to be taken of other leases than before. */
const telling: ReadonlySet<Change['type']> = new Set([
  'lease-granted',
  'lease-prepared',
  'lease-ended',
  'lease-handed-over',
  'control-taken',
  'control-returned',
]);

/**
 * The screenshots of leases, as far as the daemon is concerned with them: it says of which leases they are taken, and
 * deletes them. It never sees one.
 */
export class Screenshots {
  /** Whether there is a program that takes them. */
  readonly canBeTaken: boolean;
  readonly #options: ScreenshotsOptions;
  readonly #recorder: RecorderProcess | undefined;
  /** One after the other: two at once would move the same strips away from each other. */
  #deleted: Promise<void> = Promise.resolve();
  /** Ids of the live leases that have screenshots. */
  #live: ReadonlySet<string> = new Set();
  #told: readonly RecordedLease[] = [];

  constructor(options: ScreenshotsOptions) {
    this.#options = options;
    const { program } = options;
    this.canBeTaken = program !== undefined;
    this.#recorder =
      program === undefined ? undefined : new RecorderProcess({ ...options, program }, options.times);
  }

  /** Goes on with the leases that there are, and deletes what those have left that have ended. */
  begin(state: RegistryState): void {
    this.#tell(state);
    this.#delete(() => this.#tidy());
  }

  /** To be told of every change when it has been recorded, and before its effects are carried out. */
  observe(events: readonly RegistryEvent[], state: RegistryState): void {
    if (!events.some(({ change }) => telling.has(change.type))) return;
    const before = this.#live;
    this.#tell(state);
    const ended = [...before].filter((lease) => !this.#live.has(lease));
    if (ended.length > 0) this.#delete(() => this.#discard(ended));
  }

  /**
   * Resolves when no picture is taken any more of a lease that has ended, or that a person has taken over: the recorder
   * has let go of the browser, or was ended for not doing so. Never rejects, and takes little more than a second at most.
   */
  async letGo(): Promise<void> {
    await this.#recorder?.settled();
  }

  /** Pictures that were taken stay: the leases live on. */
  async close(): Promise<void> {
    await this.#recorder?.close();
    let waitedFor: Promise<void> | undefined;
    while (waitedFor !== this.#deleted) {
      waitedFor = this.#deleted;
      await waitedFor;
    }
  }

  #tell(state: RegistryState): void {
    const withScreenshots = [...state.leases.values()].filter((lease) => screenshotsOf(lease) !== undefined);
    this.#live = new Set(withScreenshots.map(({ id }) => id));
    const recorded = recordedLeases(state, this.#options.cdpBase);
    if (isDeepStrictEqual(recorded, this.#told)) return;
    this.#told = recorded;
    this.#recorder?.tell(recorded);
  }

  async #discard(ended: readonly string[]): Promise<void> {
    await this.letGo();
    let isAnyKept = false;
    for (const lease of ended) isAnyKept = !(await discardStrip(this.#options.home, lease)) || isAnyKept;
    if (isAnyKept) await this.#tidy();
  }

  #tidy(): Promise<void> {
    return tidyStrips(this.#options.home, (lease) => this.#live.has(lease));
  }

  /** Whatever cannot be deleted is tried again after the next lease, and holds nothing up. */
  #delete(work: () => Promise<void>): void {
    const { log } = this.#options;
    this.#deleted = this.#deleted
      .then(work)
      .catch((error: unknown) => log.warn('Screenshots could not be deleted.', { reason: String(error) }));
  }
}
