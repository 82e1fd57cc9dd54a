import { setTimeout as pause } from 'node:timers/promises';
import type { LeaseOperation } from '@escarp/test-support';
import { violationsIn } from '@escarp/test-support';
import type { LeaseView } from '@escarp/transport';
import { OperationError } from '@escarp/transport';
import { afterEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';

const ttlS = 0.6;
const clientCount = 8;
const grants = Number(process.env['ESCARP_HISTORY_GRANTS'] ?? 50);

describe('a history of concurrent clients over HTTP', { timeout: 120_000 }, () => {
  let daemon: InstantDaemon;
  afterEach(() => daemon.remove());

  it('is one that leases held one at a time could have produced', async () => {
    daemon = await InstantDaemon.start(2, { ESCARP_LEASE_TTL_S: String(ttlS) });
    const seed = Number(process.env['ESCARP_SEED'] ?? Date.now() % 1_000_000);
    const history: LeaseOperation[] = [];
    const clients = Array.from({ length: clientCount }, (_, at) => use(daemon, history, seed + at));
    await Promise.all([...clients, interrupt(daemon, seed)]);
    // oxlint-disable-next-line no-console -- so that a run that fails can be repeated.
    console.log(`${history.length} calls of ${clientCount} clients, seed ${seed}`);
    expect(history.filter(isGrant).length).toBeGreaterThanOrEqual(grants);
    expect(violationsIn(history, { ttl: ttlS * 1_000 })).toEqual([]);
  });
});

/**
 * A client that leases, renews, falls silent, releases late and twice, hands over, and gives up waiting for answers.
 */
async function use(daemon: InstantDaemon, history: LeaseOperation[], seed: number): Promise<void> {
  const chance = randomFrom(seed);
  const call = recorder(daemon, history, chance);
  while (history.filter(isGrant).length < grants) {
    const lease = await call.acquire(`client ${seed}`, chance() < 0.5 ? chance() * 0.3 : 0);
    if (lease === undefined) {
      await pause(chance() * 30);
      continue;
    }
    for (let beats = chance() * 3; beats > 1; beats--) await call.renew(lease);
    if (chance() < 0.15) await pause(ttlS * 1_100);
    if (chance() < 0.2) await call.revoke(lease);
    if (chance() < 0.85) await call.release(lease);
    if (chance() < 0.3) await Promise.all([call.release(lease), call.renew(lease)]);
  }
}

function isGrant({ kind, succeeded }: LeaseOperation): boolean {
  return kind === 'acquire' && succeeded === true;
}

/** The daemon is stopped and started once in between. */
async function interrupt(daemon: InstantDaemon, seed: number): Promise<void> {
  await pause(300 + (seed % 300));
  await daemon.restart();
}

function recorder(daemon: InstantDaemon, history: LeaseOperation[], chance: () => number) {
  const record = async (
    about: Omit<LeaseOperation, 'startedAt'>,
    work: (signal: AbortSignal) => Promise<LeaseView | undefined>,
  ): Promise<LeaseView | undefined> => {
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(chance() < 0.1 ? 3 : 5_000);
    const entry = history.push({ ...about, startedAt }) - 1;
    try {
      const lease = await work(signal);
      const outcome = lease === undefined ? {} : { slot: lease.slot, granted: lease.fence ?? 0 };
      history[entry] = { ...about, ...outcome, startedAt, endedAt: performance.now(), succeeded: true };
      return lease;
    } catch (error) {
      // Given up, cut off or failed at the server: whether it was carried out is unknown.
      if (!(error instanceof OperationError) || error.status >= 500) return undefined;
      history[entry] = { ...about, startedAt, endedAt: performance.now(), succeeded: false };
      return undefined;
    }
  };
  const held = ({ slot, fence }: LeaseView) => ({ slot, fence: fence ?? 0 });
  return {
    acquire: (holder: string, waitS: number) =>
      record({ kind: 'acquire' }, (signal) => daemon.client.acquire({ holder, waitS }, { signal })),
    renew: (lease: LeaseView) =>
      record({ kind: 'renew', ...held(lease) }, async (signal) => {
        await daemon.client.heartbeat({ leaseToken: lease.leaseToken }, { signal });
        return undefined;
      }),
    release: (lease: LeaseView) =>
      record({ kind: 'release', ...held(lease) }, async (signal) => {
        await daemon.client.release({ leaseToken: lease.leaseToken, noWait: true }, { signal });
        return undefined;
      }),
    revoke: (lease: LeaseView) =>
      record({ kind: 'revoke', slot: lease.slot }, async (signal) => {
        await daemon.client.revoke({ slot: lease.slot }, { signal });
        return undefined;
      }),
  };
}

/** A small generator with a seed, so that a run can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
