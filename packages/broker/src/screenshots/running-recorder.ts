import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningProcess, startProcess } from '@escarp/child-process';
import { readRecorderReply, type RecordedLease } from '@escarp/screenshots';
import type { Log } from '../log.js';

/** What it takes to run the program that takes pictures. */
export interface RecorderProgram {
  /** Path of the program; it is run by this process's own Node. */
  readonly program: string;
  /** The state directory. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
}

const heapOptions = ['--max-semi-space-size=1', '--max-old-space-size=128'];

/** One run of the program that takes pictures. It is told of all leases at once, in numbered orders. */
export class RunningRecorder {
  /** Resolves when the program has ended, however it did. Never rejects. */
  readonly exited: Promise<unknown>;
  readonly #process: RunningProcess;
  readonly #log: Log;
  readonly #letGoMs: number;
  #order = 0;
  #done = 0;
  #waiters = new Set<() => void>();
  #wasKilled = false;

  private constructor(running: RunningProcess, log: Log, letGoMs: number) {
    this.#process = running;
    this.#log = log;
    this.#letGoMs = letGoMs;
    this.exited = running.exited;
    void this.#read();
  }

  /**
   * Starts it. It is killed when it has not let go of a browser after `letGoMs`.
   *
   * @throws SpawnError
   */
  static async start(
    { program, home, env, log }: RecorderProgram,
    letGoMs: number,
  ): Promise<RunningRecorder> {
    const running = await startProcess(process.execPath, [...heapOptions, program, home], {
      // A terminal's Ctrl-C is for the daemon, which ends it.
      detached: true,
      env,
      cwd: home,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return new RunningRecorder(running, log, letGoMs);
  }

  /** Whether it was ended here for being too slow. */
  get wasKilled(): boolean {
    return this.#wasKilled;
  }

  tell(leases: readonly RecordedLease[]): void {
    this.#order += 1;
    this.#process.stdin?.write(`${JSON.stringify({ order: this.#order, leases })}\n`);
  }

  /**
   * Resolves when it has carried out what it was told so far, or was killed for not letting go of a browser in time. Never
   * rejects.
   */
  async settled(): Promise<void> {
    if (this.#done >= this.#order || (await this.#isOverInTime(this.#untilDone(this.#order)))) return;
    this.#log.warn('The screenshot recorder did not let go of a browser in time, and was ended.');
    await this.#kill();
  }

  /** Lets it let go of everything; kills it if that takes longer than it should. */
  async end(): Promise<void> {
    this.#process.stdin?.end();
    if (!(await this.#isOverInTime(this.exited))) await this.#kill();
  }

  async #isOverInTime(work: Promise<unknown>): Promise<boolean> {
    const over = new AbortController();
    const late = pause(this.#letGoMs, 'late', { signal: over.signal }).catch(() => undefined);
    const outcome = await Promise.race([work.then(() => 'over'), this.exited, late]);
    over.abort();
    return outcome !== 'late';
  }

  async #kill(): Promise<void> {
    this.#wasKilled = true;
    this.#process.kill('SIGKILL');
    await this.exited;
  }

  async #untilDone(order: number): Promise<void> {
    while (this.#done < order) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  async #read(): Promise<void> {
    const { stdout } = this.#process;
    if (stdout === null) return;
    for await (const line of createInterface({ input: stdout })) {
      const reply = readRecorderReply(line);
      if (reply === undefined) continue;
      if ('done' in reply) this.#note(reply.done);
      else this.#log.warn(`Screenshots of slot ${reply.slot} cannot be written.`, reply);
    }
  }

  /** Orders are carried out side by side; whoever waits for one waits for those before it too. */
  #note(done: number): void {
    this.#done = Math.max(this.#done, done);
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}
