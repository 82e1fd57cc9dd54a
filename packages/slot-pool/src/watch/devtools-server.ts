import { get } from 'node:http';
import type { OwnSockets } from '../devtools/own-sockets.js';

const afterIdleMs = 300;
const answerMs = 1_000;

/**
 * Asks a silent browser's DevTools server for a page that does not exist. The 404 comes from a thread of its own, so it
 * tells a browser whose main thread is blocked from one that is frozen as a whole.
 */
export class DevtoolsServer {
  readonly #port: number;
  readonly #own: OwnSockets;
  readonly #monotonicMs: () => number;
  #isAsking = false;
  #answerAskedAtMs: number | undefined;

  constructor(port: number, own: OwnSockets, monotonicMs: () => number) {
    this.#port = port;
    this.#own = own;
    this.#monotonicMs = monotonicMs;
  }

  /** When the latest question that was answered had been asked; monotonic milliseconds. */
  get answerAskedAtMs(): number | undefined {
    return this.#answerAskedAtMs;
  }

  /** Asks once for each stretch of idleness, and again while no answer comes. */
  ask(idleSinceMs: number | undefined): void {
    const askedAtMs = this.#monotonicMs();
    if (this.#isAsking || idleSinceMs === undefined || askedAtMs - idleSinceMs < afterIdleMs) return;
    if (this.#answerAskedAtMs !== undefined && this.#answerAskedAtMs >= idleSinceMs) return;
    void this.#ask(askedAtMs);
  }

  async #ask(askedAtMs: number): Promise<void> {
    this.#isAsking = true;
    const isAnswered = await this.#answers();
    this.#isAsking = false;
    if (isAnswered) this.#answerAskedAtMs = askedAtMs;
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const request = get(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/nothing',
          agent: false,
          signal: AbortSignal.timeout(answerMs),
        },
        (response) => {
          response.resume();
          resolve(true);
        },
      );
      request.once('socket', (socket) => socket.once('connect', () => this.#own.add(socket)));
      request.on('error', () => resolve(false));
    });
  }
}
