import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstantSlots } from './instant-slots.js';
import type { RunningDaemon, TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { errorOf, until } from './until.js';

/** A file system of a few pages, which only root may make and not everywhere. */
function mountTiny(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'escarp-test', folder], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(canMount)('on a full disk', () => {
  let home: TestHome;
  let daemon: RunningDaemon;
  let journal: string;
  let mounted: boolean;

  beforeEach(async (context) => {
    home = await makeTestHome(2);
    journal = join(home.path, 'journal');
    mounted = mountTiny(journal);
    context.skip(!mounted, 'nothing can be mounted here');
    daemon = await home.start({ slots: createInstantSlots() });
    await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
  });
  afterEach(async () => {
    await daemon.close();
    if (mounted) execFileSync('umount', [journal]);
    await home.remove();
  });

  const filler = (): string => join(journal, 'filler');
  /** Fills the disk, and the rest of the journal's last page by heartbeats that are to be remembered. */
  const fill = async (leaseToken = ''): Promise<void> => {
    await writeFile(filler(), 'x'.repeat(100_000)).catch(() => {});
    if (leaseToken === '') return;
    let beats = 0;
    const beat = () => daemon.client.heartbeat({ leaseToken, requestId: `beat-${beats++}` });
    while ((await beat().catch(() => undefined)) !== undefined);
  };

  it('nothing is leased, no lease is lost, and all goes on when there is room again', async () => {
    const { client } = daemon;
    const lease = await client.acquire({ holder: 'before' });
    await fill(lease.leaseToken);
    expect(await errorOf(client.acquire({ holder: 'during' }))).toMatchObject({
      code: 'journal_unavailable',
      status: 503,
      details: { reason: 'ENOSPC' },
    });
    expect(await errorOf(client.readyz())).toMatchObject({ code: 'not_ready' });
    expect(await client.heartbeat({ leaseToken: lease.leaseToken })).toMatchObject({ holder: 'before' });
    expect((await client.status()).slots).toMatchObject([{ holder: 'before' }, { holder: null }]);
    await rm(filler());
    const after = await until(() => client.acquire({ holder: 'after' }).catch(() => undefined));
    expect(after.slot).toBe(1);
    expect(after.fence).toBeGreaterThan(lease.fence ?? 0);
    expect(await client.readyz()).toEqual({ ready: true });
    expect(home.logLines.filter((line) => line.includes('The journal cannot be written'))).toHaveLength(1);
  });

  it('a release is refused but stands, and is recorded as soon as there is room', async () => {
    const { client } = daemon;
    const { leaseToken, slot } = await client.acquire({ holder: 'a' });
    await fill(leaseToken);
    const refused = await errorOf(client.release({ leaseToken, requestId: 'release-1' }));
    expect(refused).toMatchObject({ code: 'journal_unavailable' });
    await rm(filler());
    expect(
      await until(() => client.release({ leaseToken, requestId: 'release-1' }).catch(() => undefined)),
    ).toMatchObject({ slot, state: 'free' });
    await daemon.close();
    daemon = await home.start({ slots: createInstantSlots() });
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({ code: 'lease_ended' });
  });

  it('a waiter keeps its place and is served when there is room again', async () => {
    const { client } = daemon;
    const [one, two] = [await client.acquire({ holder: 'a' }), await client.acquire({ holder: 'b' })];
    const waiting = client.acquire({ holder: 'waiter', waitS: 20 });
    await until(() => daemon.broker.registry.state.waiters.size === 1);
    await fill(two.leaseToken);
    expect(await errorOf(client.release({ leaseToken: one.leaseToken }))).toMatchObject({
      code: 'journal_unavailable',
    });
    await rm(filler());
    expect(await waiting).toMatchObject({ holder: 'waiter', slot: one.slot });
  });

  it('a daemon says what is wrong and does not start', async () => {
    await daemon.close();
    await rm(join(journal, '000000000000000.log'));
    await fill();
    expect(await errorOf(home.start({ slots: createInstantSlots() }))).toMatchObject({
      code: 'state_directory_unusable',
    });
    await rm(filler());
    daemon = await home.start({ slots: createInstantSlots() });
    expect(await daemon.client.healthz()).toMatchObject({ ok: true });
  });
});
