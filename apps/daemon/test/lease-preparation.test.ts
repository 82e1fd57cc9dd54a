import { IdentityError } from '@escarp/os-identity';
import { PoolError } from '@escarp/slot-pool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstantSlots } from './instant-slots.js';
import { createInstantSlots } from './instant-slots.js';
import { savedLogin } from './saved-login.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

// The slots of this daemon have no browsers to sign in, so that every lease with a login fails when it is connected to.
describe('preparing a lease for its holder on slots that are reset by tabs', () => {
  let home: TestHome;
  let slots: InstantSlots;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    home = await makeTestHome(1, { ESCARP_RESET: 'tabs' });
    slots = createInstantSlots();
    const options = await home.options();
    await options.vault.save(savedLogin('secret'), 0);
    const identity = { ...options.identity, whyNoWindow: async () => null };
    daemon = await home.start({ ...options, slots, identity });
    await untilFree();
  });
  afterEach(() => home.remove());

  const untilFree = () => until(async () => (await daemon.client.status()).slots[0]?.state === 'free');
  const resets = () => slots.done.filter((operation) => operation === 'reset 0');

  it.each([
    ['a window and a login', { window: true, login: 'shop' }],
    ['a login', { login: 'shop' }],
  ])('recycles once for %s, and says what failed if the browser cannot be connected to', async (_, wish) => {
    const refused = await errorOf(daemon.client.acquire({ holder: 'agent', ...wish }));
    expect(refused).toMatchObject({
      code: 'browser_launch_failed',
      message: 'The login could not be applied.',
    });
    await untilFree();
    expect(resets()).toHaveLength(2);
  });

  it.each([
    [
      'browser_launch_failed',
      new PoolError('browser_unresponsive', 'It hangs.'),
      { lastError: 'browser_unresponsive: It hangs.' },
    ],
    [
      'nowhere_to_show',
      new IdentityError('display_start_failed', 'No display could be started.'),
      { reason: 'display_start_failed' },
    ],
  ])('ends with %s when the browser cannot be replaced', async (code, failure, details) => {
    slots.beforeReset = () => {
      slots.beforeReset = () => {};
      throw failure;
    };
    const refused = await errorOf(daemon.client.acquire({ holder: 'agent', login: 'shop' }));
    expect(refused).toMatchObject({ code, details });
  });
});
