import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processTable } from '@escarp/child-process';
import { IdentityError } from '@escarp/os-identity';
import type { LeaseView } from '@escarp/transport';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonChild } from './child-processes.js';
import { startDaemonChild } from './child-processes.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { freeAllSlots, makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

describe('a lease with a window on a headless pool', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: DaemonChild;
  // A screen that nobody serves is no screen, and a reset in place would leave the window where it is.
  const env = { DISPLAY: ':64999', WAYLAND_DISPLAY: '', ESCARP_RESET: 'tabs' };
  const start = async (): Promise<DaemonChild> => startDaemonChild(home, env);
  const acquire = (ttlS = 600) => daemon.client.acquire({ holder: 'person', window: true, waitS: 60, ttlS });
  const untilFree = () => until(async () => (await slotNow())?.state === 'free');
  const slotNow = async () => (await daemon.client.status()).slots[0];

  beforeAll(async () => {
    home = await makeTestHome(1);
    daemon = await start();
  });
  beforeEach(() => freeAllSlots(daemon.client));
  afterAll(async () => {
    await daemon.end();
    await home.remove();
  });

  it('has a display of its own, which is gone with it, and the slot is the same as before', async () => {
    const plain = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    await daemon.client.release({ leaseToken: plain.leaseToken });
    const lease = await acquire();
    expect(lease).toMatchObject({ headless: false, resetPolicy: 'recycle', display: expect.any(String) });
    await until(async () => (await slotNow())?.osWindowId !== null);
    const server = displayServer();
    const { bounds } = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
    const commandLine = readFileSync(`/proc/${server}/cmdline`, 'latin1');
    const [, width, height] = /-geometry\0(\d+)x(\d+)/.exec(commandLine) ?? [];
    // Chrome leaves a pixel.
    expect(bounds?.width).toBeGreaterThanOrEqual(Number(width) - 1);
    expect(bounds?.height).toBeGreaterThanOrEqual(Number(height) - 1);
    expect(await displayServers()).toEqual([server]);
    await daemon.client.release({ leaseToken: lease.leaseToken });
    expect(await displayServers()).toEqual([]);
    expect(whatIsLeft()).toEqual([]);
    const next = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    expect(next).toMatchObject({ ...identityOf(plain), headless: true, display: null });
  });

  it('keeps it when it is handed over and its browser is lost, and loses it when it is revoked', async () => {
    const { handoff } = await daemon.client.handoff({ leaseToken: (await acquire()).leaseToken, to: 'ben' });
    const lease = await daemon.client.acquire({ holder: 'ben', handoff });
    const server = displayServer();
    process.kill(lease.pid ?? 0, 'SIGKILL');
    const relaunched = await until(async () => {
      const view = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
      return view.relaunchedAt !== null && view.pid !== null && view;
    });
    expect(relaunched).toMatchObject({ headless: false, slot: lease.slot, cdpPort: lease.cdpPort });
    expect(displayServer()).toBe(server);
    await daemon.client.revoke({ slot: lease.slot });
    await untilFree();
    expect(await slotNow()).toMatchObject({ headless: true, display: null });
    expect(await isRunning(server)).toBe(false);
    expect(whatIsLeft()).toEqual([]);
  });

  it('outlives the daemon, and ends with the lease under the next one', async () => {
    const lease = await acquire();
    const server = displayServer();
    await daemon.end('SIGKILL');
    expect(await isRunning(server)).toBe(true);
    daemon = await start();
    expect(await slotNow()).toMatchObject({ state: 'leased', headless: false, pid: lease.pid });
    await daemon.client.release({ leaseToken: lease.leaseToken });
    expect(await slotNow()).toMatchObject({ state: 'free', headless: true, cdpPort: lease.cdpPort });
    expect(await isRunning(server)).toBe(false);
    expect(whatIsLeft()).toEqual([]);
  });

  it('is gone when the daemon was killed and nobody comes back for it', async () => {
    await acquire(1);
    await daemon.end('SIGKILL');
    daemon = await start();
    await untilFree();
    expect(await slotNow()).toMatchObject({ headless: true });
    expect(await displayServers()).toEqual([]);
    expect(whatIsLeft()).toEqual([]);
  });

  function displayServer(): number {
    const record = JSON.parse(readFileSync(join(home.path, 'run', 'display-0.json'), 'utf8'));
    return Number(record.process.pid);
  }

  /** Told by the socket that the slot's server was given. */
  async function displayServers(): Promise<number[]> {
    const socket = join(home.path, 'run', 'display-0.sock');
    const running = await processTable('linux').list();
    return running.filter(({ commandLine }) => commandLine.includes(socket)).map(({ pid }) => pid);
  }

  function whatIsLeft(): string[] {
    const files = ['json', 'xauth', 'sock'].map((kind) => join(home.path, 'run', `display-0.${kind}`));
    return files.filter((path) => existsSync(path));
  }
});

describe('a lease with a window where none can be shown', { tags: ['browser'], timeout: 120_000 }, () => {
  let home: TestHome;
  let daemon: RunningDaemon;

  beforeAll(async () => {
    home = await makeTestHome(1);
  });
  afterEach(() => daemon.close());
  afterAll(() => home.remove());

  it('is refused before anything is leased, with what to install', async () => {
    const { identity } = await home.options();
    const missing = new IdentityError('xvnc_missing', 'Xvnc is not installed.', { hint: 'Install it.' });
    daemon = await home.start({ identity: { ...identity, whyNoWindow: async () => missing } });
    expect(await errorOf(daemon.client.acquire({ holder: 'person', window: true }))).toMatchObject({
      code: 'nowhere_to_show',
      hint: 'Install it.',
      details: { reason: 'xvnc_missing' },
    });
    expect((await daemon.client.status()).slots).not.toMatchObject([{ state: 'leased' }]);
  });

  it('leaves the slot headless when its display does not start after all', async () => {
    const { identity } = await home.options();
    const prepare = async () => {
      throw new IdentityError('display_start_failed', 'No display could be started.');
    };
    daemon = await home.start({ identity: { ...identity, prepare } });
    const refused = await errorOf(daemon.client.acquire({ holder: 'person', window: true, waitS: 60 }));
    expect(refused).toMatchObject({ code: 'nowhere_to_show', exitCode: 51 });
    const next = await daemon.client.acquire({ holder: 'agent', waitS: 60 });
    expect(next).toMatchObject({ slot: 0, headless: true });
  });
});

async function isRunning(pid: number): Promise<boolean> {
  return (await processTable('linux').state(pid)) !== undefined;
}

function identityOf({ slot, cdpPort, ports }: LeaseView) {
  return { slot, cdpPort, ports };
}
