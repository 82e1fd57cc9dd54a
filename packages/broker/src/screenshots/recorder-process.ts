import type { RecordedLease } from '@escarp/screenshots';
import { type RecorderProgram, RunningRecorder } from './running-recorder.js';

/** How long a recorder is kept and waited for. Milliseconds. */
export interface RecorderTimes {
  /** For which it stays with nothing to picture, because starting it costs more than keeping it between two leases. */
  readonly idleMs: number;
  /** Between the end of one that failed and the start of the next, whatever else it is told meanwhile. */
  readonly againMs: number;
  /** Until one that does not let go of a browser is killed: far more than it takes, and less than a reset takes. */
  readonly letGoMs: number;
}

const recorderTimes: RecorderTimes = { idleMs: 30_000, againMs: 2_000, letGoMs: 1_000 };

/**
 * The program that takes pictures: started when there is something to picture, ended a while after there is nothing more,
 * and started again a while after it has failed. At most one runs at a time, because two would write the same strips: what
 * is told while one ends is for the next, which is started as soon as that one has gone.
 */
export class RecorderProcess {
  readonly #program: RecorderProgram;
  readonly #times: RecorderTimes;
  #leases: readonly RecordedLease[] = [];
  #running: RunningRecorder | undefined;
  #starting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(program: RecorderProgram, times: RecorderTimes = recorderTimes) {
    this.#program = program;
    this.#times = times;
  }

  /** From now on pictures are taken of these leases and of no others. */
  tell(leases: readonly RecordedLease[]): void {
    this.#leases = leases;
    clearTimeout(this.#idle);
    if (this.#running === undefined) return this.#startIfWanted();
    this.#running.tell(leases);
    if (leases.length === 0) this.#idle = setTimeout(() => this.#end(), this.#times.idleMs).unref();
  }

  /**
   * Resolves when what was told is so. One that is being started has been told of nothing that is not wanted any more. Never
   * rejects, and takes little more than a second at most.
   */
  async settled(): Promise<void> {
    await (this.#ending ?? this.#running?.settled());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    await this.#starting;
    this.#end();
    await this.#ending;
  }

  #startIfWanted(): void {
    const present = this.#running ?? this.#starting ?? this.#ending ?? this.#again;
    if (present !== undefined || this.#leases.length === 0 || this.#isClosed) return;
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
    });
  }

  async #start(): Promise<void> {
    try {
      const running = await RunningRecorder.start(this.#program, this.#times.letGoMs);
      this.#running = running;
      void running.exited.then(() => this.#lose(running));
      this.tell(this.#leases);
    } catch (error) {
      this.#program.log.warn('Screenshots cannot be taken.', { reason: String(error) });
      this.#startLater();
    }
  }

  /** It has failed, or was killed here. */
  #lose(running: RunningRecorder): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    clearTimeout(this.#idle);
    if (running.wasKilled) this.#startIfWanted();
    else this.#startLater();
  }

  #startLater(): void {
    if (this.#isClosed) return;
    const start = (): void => {
      this.#again = undefined;
      this.#startIfWanted();
    };
    this.#again = setTimeout(start, this.#times.againMs).unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#ending = running.end().finally(() => {
      this.#ending = undefined;
      this.#startIfWanted();
    });
  }
}
