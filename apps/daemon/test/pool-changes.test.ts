import { slotsMax } from '@escarp/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPoolFile, SlotLocks } from '@escarp/broker';
import { InstantDaemon } from './instant-daemon.js';
import { errorOf, until } from './until.js';

describe('the pool while it serves', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(2);
  });
  afterEach(() => daemon.remove());

  const recorded = async () => (await readPoolFile(daemon.running.broker.options.directory.pool))?.slots;
  const slotsOf = async () => (await daemon.client.status()).slots.map(({ slot }) => slot);

  it('takes a slot in, leases it, and has it still after a restart', async () => {
    expect(await daemon.client.poolAdd({ slot: 5 })).toMatchObject({ slot: 5, state: 'free' });
    expect((await daemon.client.acquire({ holder: 'a', slot: 5 })).slot).toBe(5);
    expect(await recorded()).toEqual([0, 1, 5]);
    await daemon.restart();
    expect(await slotsOf()).toEqual([0, 1, 5]);
  });

  it('leaves nothing behind of a slot that would not come up, and takes it in once it does', async () => {
    daemon.slots.broken.add(5);
    expect(await errorOf(daemon.client.poolAdd({ slot: 5 }))).toMatchObject({
      code: 'browser_launch_failed',
      message: expect.stringContaining('it would not start'),
    });
    expect(await slotsOf()).toEqual([0, 1]);
    expect(await recorded()).toEqual([0, 1]);
    expect(daemon.slots.done.at(-1)).toBe('stop 5');
    const elsewhere = new SlotLocks(daemon.running.broker.options.directory.locks);
    await elsewhere.take(5);
    await elsewhere.releaseAll();
    daemon.slots.broken.clear();
    expect(await daemon.client.poolAdd({ slot: 5 })).toMatchObject({ state: 'free' });
  });

  it('takes in no slot with which the next start would be refused, and launches nothing for it', async () => {
    for (let slot = 2; slot < slotsMax; slot += 1) await daemon.client.poolAdd({ slot });
    const launched = daemon.slots.done.length;
    expect(await errorOf(daemon.client.poolAdd({ slot: slotsMax }))).toMatchObject({
      code: 'pool_error',
      message: expect.stringContaining('slots'),
      hint: expect.stringContaining(String(slotsMax)),
    });
    expect(daemon.slots.done).toHaveLength(launched);
    await daemon.restart();
    expect(await slotsOf()).toHaveLength(slotsMax);
  });

  it('takes a slot in once when two ask for it at the same time', async () => {
    const both = await Promise.allSettled([
      daemon.client.poolAdd({ slot: 5 }),
      daemon.client.poolAdd({ slot: 5 }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await slotsOf()).toEqual([0, 1, 5]);
  });

  it('records all of several changes made at once', async () => {
    await Promise.all([
      daemon.client.poolAdd({ slot: 3 }),
      daemon.client.poolAdd({ slot: 4 }),
      daemon.client.poolRemove({ slot: 0 }),
    ]);
    expect(await recorded()).toEqual([1, 3, 4]);
    expect(await slotsOf()).toEqual([1, 3, 4]);
  });

  it('answers a removal when the browser is down, and does not have the slot after a restart', async () => {
    expect(await daemon.client.poolRemove({ slot: 0 })).toEqual({ removed: true, slot: 0 });
    expect(daemon.slots.done.at(-1)).toBe('stop 0');
    await daemon.restart();
    expect(await slotsOf()).toEqual([1]);
  });

  it('leaves the browser running where that is asked for, and never offers it again as it is', async () => {
    const { pid, leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
    const left = { removed: true, slot: 0, pid, cdpPort: daemon.slots.facts(0)?.cdpPort };
    expect(await daemon.client.poolRemove({ slot: 0, force: true, keepChrome: true })).toEqual(left);
    expect(daemon.slots.done).not.toContain('stop 0');
    expect(daemon.slots.watched()).toEqual([1]);
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({ code: 'lease_ended' });
    const elsewhere = new SlotLocks(daemon.running.broker.options.directory.locks);
    await elsewhere.take(0);
    await elsewhere.releaseAll();
    expect(await daemon.client.poolAdd({ slot: 0 })).toMatchObject({ state: 'free' });
    expect(daemon.slots.done.at(-1)).toBe('reset 0');
    await daemon.client.poolRemove({ slot: 0 });
    expect(daemon.slots.done.at(-1)).toBe('stop 0');
  });

  it('cleans a browser it left running, though its slot joins another daemon or one that launches none', async () => {
    await daemon.client.poolRemove({ slot: 0, keepChrome: true });
    await daemon.running.close();
    const { slots } = daemon;
    daemon.running = await daemon.home.start({ slots, heal: false });
    await daemon.client.poolAdd({ slot: 0 });
    expect(slots.done.at(-1)).toBe('reset 0');
    await daemon.client.poolRemove({ slot: 0, keepChrome: true });
    await daemon.running.close();
    const { pool } = daemon.running.broker.options;
    daemon.running = await daemon.home.start({ slots, pool: { ...pool, slots: [0, 1] } });
    await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
    expect(slots.done.slice(-2)).toEqual(['reset 0', 'reset 0']);
  });

  it('says nothing of a browser where none was left running', async () => {
    daemon.slots.lose(0);
    await until(async () => daemon.slots.done.at(-1) === 'reset 0');
    daemon.slots.vanish(0);
    expect(await daemon.client.poolRemove({ slot: 0, keepChrome: true })).toEqual({ removed: true, slot: 0 });
  });

  it('removes a leased slot only by force, and tells its holder', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a', slot: 0 });
    expect(await errorOf(daemon.client.poolRemove({ slot: 0 }))).toMatchObject({ code: 'slot_leased' });
    await daemon.client.poolRemove({ slot: 0, force: true });
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'revoked' },
    });
  });

  it('tells those who wait for a slot that it is gone', async () => {
    await daemon.client.acquire({ holder: 'a', slot: 0 });
    const waiting = errorOf(daemon.client.acquire({ holder: 'b', slot: 0, waitS: 20 }));
    await daemon.queued(1);
    await daemon.client.poolRemove({ slot: 0, force: true });
    expect(await waiting).toMatchObject({ code: 'unknown_slot' });
  });

  it('takes a slot in again while it is on its way out', async () => {
    const removed = daemon.client.poolRemove({ slot: 0 });
    const added = daemon.client.poolAdd({ slot: 0 });
    await removed;
    expect(await added).toMatchObject({ slot: 0, state: 'free' });
    expect(daemon.slots.done.slice(-2)).toEqual(['stop 0', 'reset 0']);
  });
});

describe('a slot that loses its browser', () => {
  let daemon: InstantDaemon;

  beforeEach(async () => {
    daemon = await InstantDaemon.start(1);
  });
  afterEach(() => daemon.remove());

  const slotState = async () => (await daemon.client.status()).slots[0];
  const relaunched = (holder: string, pid: number | null) =>
    until(async () => {
      const slot = await slotState();
      return slot?.holder === holder && slot.pid !== null && slot.pid !== pid && slot;
    });

  it('gets another under its holder, who learns the new address from the next heartbeat', async () => {
    const lease = await daemon.client.acquire({ holder: 'a' });
    daemon.slots.lose(0);
    expect(await relaunched('a', lease.pid)).toMatchObject({
      state: 'leased',
      relaunchedAt: expect.any(Number),
      lastError: expect.stringContaining('the last words'),
    });
    const renewed = await daemon.client.heartbeat({ leaseToken: lease.leaseToken });
    expect(renewed.cdpWsUrl).not.toBe(lease.cdpWsUrl);
    expect(renewed.fence).toBe(lease.fence);
  });

  it('shows the next holder nothing of it', async () => {
    const lease = await daemon.client.acquire({ holder: 'a' });
    daemon.slots.lose(0);
    await relaunched('a', lease.pid);
    await daemon.client.release({ leaseToken: lease.leaseToken });
    expect(await daemon.client.acquire({ holder: 'b' })).toMatchObject({
      lastError: null,
      relaunchedAt: null,
    });
  });

  it('three times in a row is quarantined, its holder told, its last words shown, and comes back', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a' });
    for (let losses = 1; losses <= 2; losses++) {
      const before = (await slotState())?.pid ?? null;
      daemon.slots.lose(0);
      await relaunched('a', before);
    }
    daemon.slots.lose(0);
    expect(
      await until(async () => (await slotState())?.state === 'quarantined' && slotState()),
    ).toMatchObject({
      holder: null,
      lastError: expect.stringContaining('the last words'),
      availableAfterS: expect.any(Number),
    });
    expect(await errorOf(daemon.client.heartbeat({ leaseToken }))).toMatchObject({
      code: 'lease_ended',
      details: { how: 'resource_lost' },
    });
    expect(await daemon.client.acquire({ holder: 'b', waitS: 25 })).toMatchObject({ holder: 'b' });
    expect(daemon.slots.done.at(-1)).toBe('reset 0');
  });

  it('the moment it was reset is not offered dead', async () => {
    const { leaseToken } = await daemon.client.acquire({ holder: 'a' });
    const { slots } = daemon;
    const { reset } = slots;
    // The loss is told after the browser came up and before the registry hears that the reset is done.
    const resetAndDie: typeof reset = async (...args) => {
      Object.assign(slots, { reset });
      const report = await reset(...args);
      slots.lose(0);
      return report;
    };
    Object.assign(slots, { reset: resetAndDie });
    await daemon.client.release({ leaseToken });
    const next = await daemon.client.acquire({ holder: 'b', waitS: 20 });
    const alive = await until(async () => {
      const slot = await slotState();
      return slot?.pid !== null && slot;
    });
    expect(alive).toMatchObject({ holder: 'b', pid: expect.any(Number) });
    expect(next.holder).toBe('b');
  });

  it('is only waited for when somebody else looks after the browsers', async () => {
    await daemon.running.close();
    const { slots } = daemon;
    daemon.running = await daemon.home.start({ slots, heal: false });
    const lease = await daemon.client.acquire({ holder: 'a' });
    const before = slots.done.length;
    slots.lose(0);
    await until(async () => (await slotState())?.pid === null);
    await slots.launch(0);
    await relaunched('a', lease.pid);
    expect(slots.done.slice(before)).toEqual(['launch 0']);
    expect(await daemon.client.heartbeat({ leaseToken: lease.leaseToken })).toMatchObject({ holder: 'a' });
  });
});
