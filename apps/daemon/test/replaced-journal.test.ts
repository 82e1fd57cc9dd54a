import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog, endAllLeases, openStateDirectory } from '@escarp/broker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { errorOf, until } from './until.js';

describe('a daemon whose journal', { timeout: 60_000 }, () => {
  let daemon: InstantDaemon;
  const at = (name: string): string => join(daemon.home.path, name);

  beforeEach(async () => {
    daemon = await InstantDaemon.start(2);
  });
  afterEach(() => daemon.remove());

  const startAgain = async (): Promise<void> => {
    daemon.running = await daemon.home.start({ slots: daemon.slots });
    await until(async () => (await daemon.client.status()).slots.every(({ state }) => state !== 'starting'));
  };
  const moveAway = async (): Promise<void> => {
    await rename(at('journal'), at('journal.damaged'));
    await mkdir(at('journal'), { mode: 0o700 });
  };

  it.each<[string, () => Promise<unknown>]>([
    ['was moved away', moveAway],
    [
      'was replaced by an older copy',
      async () => {
        await rm(at('journal'), { recursive: true });
        await rename(at('older'), at('journal'));
      },
    ],
  ])('%s offers no slot as it was, repeats no fence and ends every lease', async (_, replace) => {
    const early = await daemon.client.acquire({ holder: 'early' });
    await cp(at('journal'), at('older'), { recursive: true });
    await daemon.client.release({ leaseToken: early.leaseToken });
    const late = await daemon.client.acquire({ holder: 'late', slot: early.slot });
    await daemon.running.close();
    await replace();
    const before = daemon.slots.done.length;
    await startAgain();
    expect(daemon.slots.done.slice(before).toSorted()).toEqual(['reset 0', 'reset 1']);
    expect((await daemon.client.status()).slots.map(({ holder }) => holder)).toEqual([null, null]);
    for (const { leaseToken } of [early, late]) {
      expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
        code: expect.stringMatching(/lease_ended|unknown_lease/),
      });
    }
    expect((await daemon.client.acquire({ holder: 'next' })).fence).toBeGreaterThan(late.fence ?? 0);
  });

  it('has a torn end keeps every lease and resets every free slot before offering it', async () => {
    const { leaseToken, fence, slot } = await daemon.client.acquire({ holder: 'a' });
    await daemon.running.close();
    await appendFile(at('journal/000000000000000.log'), '0badc0de {"revision":');
    const before = daemon.slots.done.length;
    await startAgain();
    expect(daemon.slots.done.slice(before)).toEqual([`reset ${1 - slot}`]);
    expect(await daemon.client.heartbeat({ leaseToken })).toMatchObject({ fence });
    expect((await daemon.client.acquire({ holder: 'b' })).fence).toBeGreaterThan((fence ?? 0) + 1);
  });

  it('is damaged does not start, says what to do, and starts when that is done', async () => {
    const { fence } = await daemon.client.acquire({ holder: 'a' });
    await daemon.running.close();
    const path = at('journal/000000000000000.log');
    const bytes = await readFile(path);
    bytes[bytes.length - 9]! ^= 1;
    await writeFile(path, bytes);
    const refused = await errorOf(daemon.home.start({ slots: daemon.slots }));
    expect(refused).toMatchObject({ code: 'journal_corrupt', hint: expect.stringContaining('down --force') });
    await moveAway();
    await startAgain();
    expect((await daemon.client.acquire({ holder: 'b' })).fence).toBeGreaterThan(fence ?? 0);
  });

  it('recorded that the browsers are taken down brings no lease back, and counts no browser as lost', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
    const directory = await openStateDirectory(daemon.home.path, process.getuid?.());
    const clocks = {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      newId: randomUUID,
      randomBytes: (size: number) => randomBytes(size),
    };
    const options = { directory, clocks, log: createLog('error', Date.now, () => {}) };
    expect(await errorOf(endAllLeases(options))).toMatchObject({ code: 'daemon_already_running' });
    await daemon.running.close();
    expect(await endAllLeases(options)).toBe(1);
    for (const slot of [0, 1]) await daemon.slots.stop(slot);
    await startAgain();
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'revoked' },
    });
    expect([...daemon.state.resources.values()].map(({ state, failures }) => ({ state, failures }))).toEqual([
      { state: 'free', failures: 0 },
      { state: 'free', failures: 0 },
    ]);
  });
});
