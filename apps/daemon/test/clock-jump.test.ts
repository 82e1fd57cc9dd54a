import { afterEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { until } from './until.js';

const hourMs = 3_600_000;

describe('a wall clock that jumps, and then a restart', () => {
  let daemon: InstantDaemon;
  afterEach(() => daemon.remove());

  it.each([5 * hourMs, -5 * hourMs])('costs no waiter its place (%d ms)', async (jumpMs) => {
    daemon = await InstantDaemon.start(1);
    const { leaseToken } = await daemon.client.acquire({ holder: 'keeper' });
    const wish = (holder: string) => ({ holder, wait_s: 120, request_id: `of ${holder}` });
    const cut = [];
    for (const [index, holder] of ['first', 'second'].entries()) {
      cut.push(daemon.post('/acquire', wish(holder)));
      await daemon.queued(index + 1);
    }
    const { machine } = await daemon.home.options();
    const clocks = { ...machine.clocks, wallMs: () => machine.clocks.wallMs() + jumpMs };
    const settings = { ...daemon.home.settings, apiPort: daemon.running.port };
    await daemon.running.close();
    for (const answer of cut) expect((await (await answer).json()).error).toBe('shutting_down');
    daemon.running = await daemon.home.start({
      slots: daemon.slots,
      settings,
      machine: { ...machine, clocks },
    });
    const second = daemon.post('/acquire', wish('second'));
    await until(() => daemon.state.waiters.get('of second')?.absent === false);
    const first = daemon.post('/acquire', wish('first'));
    await until(() => daemon.state.waiters.get('of first')?.absent === false);
    await daemon.client.release({ leaseToken });
    const granted = await (await first).json();
    expect(granted).toMatchObject({ holder: 'first', slot: 0 });
    await daemon.client.release({ leaseToken: granted.lease_token });
    expect(await (await second).json()).toMatchObject({ holder: 'second', slot: 0 });
  });
});
