import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Daemon } from '../src/daemon.js';
import { keepServing } from '../src/keep-serving.js';
import { createInstantSlots } from './instant-slots.js';
import { makeTestHome, type TestHome } from './start-test-daemon.js';

/** A command that no type allows and no step survives. */
const broken = { type: 'acquire' } as never;

describe('a daemon whose registry breaks an invariant', () => {
  let home: TestHome;
  beforeEach(async () => {
    home = await makeTestHome(1);
  });
  afterEach(async () => {
    await home.remove();
  });

  /** Serves daemons that break through `breaks`, until the given number of them has been started. */
  async function serve(count: number, breaks: (daemon: Daemon, at: number) => void, pauseMs = 0) {
    const slots = createInstantSlots();
    let started = 0;
    let nowMs = 0;
    const interruption = new AbortController();
    const serving = keepServing({
      start: async () => {
        const daemon = await home.start({ slots });
        started += 1;
        if (started === count) interruption.abort();
        else breaks(daemon, started);
        return daemon;
      },
      interrupted: new Promise((resolve) => interruption.signal.addEventListener('abort', resolve)),
      monotonicMs: () => (nowMs += pauseMs),
    });
    await serving;
    return started;
  }

  const breakIt = ({ broker }: Daemon): void => void broker.registry.submit(broken).catch(() => undefined);

  it('is started again and recovers its leases from the journal', async () => {
    let leaseToken = '';
    let renewed: unknown;
    const started = await serve(3, ({ url, broker }, at) => {
      const call = async (path: string, body: object) =>
        (
          await fetch(url + path, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
        ).json() as Promise<{ lease_token: string }>;
      void (async () => {
        if (at === 1) ({ lease_token: leaseToken } = await call('/acquire', { holder: 'ann', wait_s: 20 }));
        else renewed = await call('/heartbeat', { lease_token: leaseToken });
        breakIt({ broker } as Daemon);
      })();
    });
    expect(started).toBe(3);
    expect(renewed).toMatchObject({ holder: 'ann' });
    expect(home.logLines.filter((line) => line.includes('invariant'))).toHaveLength(2);
  });

  it('gives up the fourth time within ten minutes, and not before', async () => {
    await expect(serve(9, breakIt, 100_000)).rejects.toMatchObject({ code: 'registry_stopped' });
    expect(await serve(9, breakIt, 200_000)).toBe(9);
  });
});
