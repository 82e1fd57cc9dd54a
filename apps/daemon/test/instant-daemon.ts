import { slotsMax } from '@escarp/contract';
import type { Client } from '@escarp/transport';
import type { InstantSlots } from './instant-slots.js';
import { createInstantSlots } from './instant-slots.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

/** A real daemon over real HTTP on slots without browsers. */
export class InstantDaemon {
  readonly home: TestHome;
  readonly slots: InstantSlots;
  running: RunningDaemon;

  private constructor(home: TestHome, slots: InstantSlots, running: RunningDaemon) {
    this.home = home;
    this.slots = slots;
    this.running = running;
  }

  static async start(size: number, env: Record<string, string> = {}): Promise<InstantDaemon> {
    const home = await makeTestHome(size, env, slotsMax + 1);
    const slots = createInstantSlots();
    const daemon = new InstantDaemon(home, slots, await home.start({ slots }));
    await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
    return daemon;
  }

  get client(): Client {
    return this.running.client;
  }

  get state() {
    return this.running.broker.registry.state;
  }

  /** On the same port, so that clients need not be told. */
  async restart(): Promise<void> {
    const settings = { ...this.home.settings, apiPort: this.running.port };
    await this.running.close();
    this.running = await this.home.start({ slots: this.slots, settings });
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(this.running.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Until that many callers wait in the queue. */
  async queued(count: number): Promise<void> {
    await until(() => this.state.waiters.size === count);
  }

  async remove(): Promise<void> {
    await this.home.remove();
  }
}
