import { get } from 'node:http';
import type { OwnSockets } from '../devtools/own-sockets.js';
import type { ServerAnswer } from './hang-detector.js';

const afterIdleMs = 300;
const answerMs = 1_000;

/**
 * Asks a silent browser's DevTools server for a page that does not exist. The 404 comes from a separate thread, so it
 * distinguishes a browser whose main thread is blocked from one that is completely frozen.
 */
export class DevtoolsServer {
  readonly #port: number;
  readonly #own: OwnSockets;
  readonly #monotonicMs: () => number;
  #isAsking = false;
  #latest: ServerAnswer | undefined;

  constructor(port: number, own: OwnSockets, monotonicMs: () => number) {
    this.#port = port;
    this.#own = own;
    this.#monotonicMs = monotonicMs;
  }

  get latestAnswer(): ServerAnswer | undefined {
    return this.#latest;
  }

  /** Asks once for each stretch of idleness, and again as long as no answer comes. */
  ask(idleSinceMs: number | undefined): void {
    const askedAtMs = this.#monotonicMs();
    if (this.#isAsking || idleSinceMs === undefined || askedAtMs - idleSinceMs < afterIdleMs) return;
    if (this.#latest !== undefined && this.#latest.askedAtMs >= idleSinceMs) return;
    void this.#ask(askedAtMs);
  }

  async #ask(askedAtMs: number): Promise<void> {
    this.#isAsking = true;
    const isAnswered = await this.#answers();
    this.#isAsking = false;
    if (isAnswered) this.#latest = { askedAtMs, tookMs: this.#monotonicMs() - askedAtMs };
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
