import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningProcess, startProcess } from '@escarp/child-process';
import { readRecorderReply, type RecordedLease } from '@escarp/screenshots';
import type { Log } from '../log.js';

export interface RecorderProcessOptions {
  /** Path of the program that takes pictures; it is run by this process's own Node. */
  readonly program: string;
  /** The state directory. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** Far more than a recorder takes to let go of a browser, and less than a reset takes. */
const letGoMs = 1_000;
/** Between two leases it stays, because starting it costs more than keeping it. */
const idleMs = 30_000;
const againMs = 2_000;
const heapOptions = ['--max-semi-space-size=1', '--max-old-space-size=128'];

/**
 * The program that takes pictures: started when there is something to picture, ended a while after there is nothing more.
 * It is told of all leases at once, and one that does not let go of a browser when it is told to is killed.
 */
export class RecorderProcess {
  readonly #options: RecorderProcessOptions;
  #leases: readonly RecordedLease[] = [];
  #order = 0;
  #done = 0;
  #running: RunningProcess | undefined;
  #starting: Promise<void> | undefined;
  #waiters = new Set<() => void>();
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RecorderProcessOptions) {
    this.#options = options;
  }

  /** From now on pictures are taken of these leases and of no others. */
  tell(leases: readonly RecordedLease[]): void {
    this.#leases = leases;
    clearTimeout(this.#idle);
    if (this.#running !== undefined) this.#send(this.#running);
    else if (leases.length > 0) this.#start();
  }

  /** Resolves when what was told is so. Never rejects, and takes little more than a second at most. */
  async settled(): Promise<void> {
    const running = this.#running;
    if (running === undefined || this.#done >= this.#order) return;
    const order = this.#order;
    const over = new AbortController();
    const late = pause(letGoMs, 'late' as const, { signal: over.signal }).catch(() => undefined);
    const outcome = await Promise.race([this.#untilDone(order, running), late]);
    over.abort();
    if (outcome !== 'late') return;
    this.#options.log.warn('The screenshot recorder did not let go of a browser in time, and was ended.');
    running.kill('SIGKILL');
    await running.exited;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#starting;
    await this.#end();
  }

  async #untilDone(order: number, running: RunningProcess): Promise<void> {
    while (this.#running === running && this.#done < order) {
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
  }

  #start(): void {
    if (this.#isClosed || this.#starting !== undefined) return;
    this.#starting = this.#launch().finally(() => {
      this.#starting = undefined;
    });
  }

  async #launch(): Promise<void> {
    const { program, home, env, log } = this.#options;
    try {
      const running = await startProcess(process.execPath, [...heapOptions, program, home], {
        // A terminal's Ctrl-C is for the daemon, which ends it.
        detached: true,
        env,
        cwd: home,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      this.#running = running;
      void this.#read(running);
      void running.exited.then(() => this.#ended(running));
      this.#send(running);
    } catch (error) {
      log.warn('Screenshots cannot be taken.', { reason: String(error) });
      this.#tryAgain();
    }
  }

  #send({ stdin }: RunningProcess): void {
    this.#order += 1;
    stdin?.write(`${JSON.stringify({ order: this.#order, leases: this.#leases })}\n`);
    if (this.#leases.length > 0) return;
    this.#idle = setTimeout(() => void this.#end(), idleMs);
    this.#idle.unref();
  }

  async #read({ stdout }: RunningProcess): Promise<void> {
    if (stdout === null) return;
    for await (const line of createInterface({ input: stdout })) {
      const reply = readRecorderReply(line);
      if (reply === undefined) continue;
      if ('done' in reply) this.#note(reply.done);
      else this.#options.log.warn(`Screenshots of slot ${reply.slot} cannot be written.`, reply);
    }
  }

  #note(done: number): void {
    this.#done = Math.max(this.#done, done);
    this.#wake();
  }

  #ended(running: RunningProcess): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#wake();
    if (this.#leases.length > 0) this.#tryAgain();
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  #tryAgain(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.tell(this.#leases), againMs);
    this.#idle.unref();
  }

  async #end(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.stdin?.end();
    const over = new AbortController();
    const late = pause(letGoMs, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([running.exited, late]);
    over.abort();
    running.kill('SIGKILL');
    await running.exited;
  }
}
