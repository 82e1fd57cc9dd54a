import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonChild } from './child-processes.js';
import { startDaemonChild } from './child-processes.js';
import { readJournal } from '@escarp/broker';
import { freePorts } from '@escarp/test-support';
import { DaemonHeap, inspectable } from './daemon-heap.js';
import { leaseHistory } from './lease-history.js';
import { attach } from './live-page.js';
import type { Census } from './slot-census.js';
import { takeCensus } from './slot-census.js';
import type { TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

/** `pnpm soak` sets it; each cycle is a lease, a page, a release and a reset. */
const cycles = Number(process.env['ESCARP_SOAK_CYCLES'] ?? 10);
const samples = 10;
/** The first cycles fill caches and compile code. */
const warmUp = 15;
const isLong = cycles >= 200;
/**
 * What the daemon may keep of a lease that has ended. Compiled code comes and goes between two readings of the heap, a
 * quarter of a megabyte seen at most, and over a few cycles that counts.
 */
const bytesPerCycleMax = isLong ? 30_000 : 100_000;
/**
 * In short browsers are kept, and only their pages go: what recycles leave behind is counted by the same kinds, over fewer
 * of them, in `packages/slot-pool/test/growth.test.ts`.
 */
const resets: Record<string, string> = isLong ? {} : { ESCARP_RESET: 'tabs' };

/** What there was after so many cycles. */
interface Row extends Census {
  readonly cycle: number;
  /** The daemon's heap without garbage. */
  readonly heapBytes: number;
}

describe.runIf(process.platform === 'linux')(
  'over many leases',
  { tags: ['browser'], timeout: 60_000 + cycles * 10_000 },
  () => {
    let home: TestHome;
    let daemon: DaemonChild;
    let heap: DaemonHeap;
    const rows: Row[] = [];

    beforeAll(async () => {
      home = await makeTestHome(2);
      const port = await freePorts(1);
      daemon = await startDaemonChild(home, { ...inspectable(port), ...resets });
      heap = await DaemonHeap.open(port);
    });
    afterAll(async () => {
      heap.close();
      await daemon.end('SIGTERM');
      await home.remove();
    });

    it('nothing grows: no process, no descriptor, no temporary file, no memory to speak of', async () => {
      await cycleOnce(warmUp);
      const first = await settled();
      rows.push({ cycle: 0, ...first });
      for (let at = 1; at <= samples; at++) {
        await cycleOnce(Math.round((cycles * at) / samples) - Math.round((cycles * (at - 1)) / samples));
        rows.push({ cycle: Math.round((cycles * at) / samples), ...(await settled()) });
      }
      print(rows);
      // A browser that has just started is still busy with its own files and processes.
      await expect
        .poll(async () => grown(first, await settled()), { timeout: 60_000 })
        .toEqual({ processes: 0, descriptors: 0, temporaries: 0 });
      const { granted, ended, ...wrong } = leaseHistory(await readJournal(join(home.path, 'journal')));
      expect(wrong).toEqual({ doubled: 0, unclean: 0 });
      expect(ended).toBe(granted);
      expect(slopeOf(rows, 'heapBytes')).toBeLessThan(bytesPerCycleMax);
    });

    // What is outside the heap settles only after hundreds of cycles.
    it.runIf(isLong)('no memory outside the heap grows in the second half', () => {
      const settledRows = rows.slice(rows.length >> 1);
      expect(settledRows.length).toBeGreaterThan(2);
      expect(slopeOf(settledRows, 'residentBytes')).toBeLessThan(bytesPerCycleMax);
    });

    async function cycleOnce(times: number): Promise<void> {
      for (let cycle = 0; cycle < times; cycle++) {
        const lease = await daemon.client.acquire({ holder: `agent ${cycle}`, waitS: 60 });
        const { browser, page } = await attach(lease.cdpWsUrl);
        await page.setContent('<p>work</p>');
        await browser.close();
        await daemon.client.release({ leaseToken: lease.leaseToken, noWait: true });
      }
    }

    /** What is deleted in the background is given the time it takes. */
    async function settled(): Promise<Omit<Row, 'cycle'>> {
      await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
      return until(async () => {
        const trash = await readdir(join(home.path, 'trash'));
        const census = await takeCensus(home.path, daemon.pid);
        if (trash.length > 0 || census.browsers.length !== 2) return undefined;
        return { ...census, heapBytes: await heap.bytesInUse() };
      });
    }
  },
);

/** By how much more there is than a pool at rest may have more of, by kind. */
function grown(first: Census, now: Census): Record<string, number> {
  const over = (kind: 'processes' | 'descriptors' | 'temporaries', slack: number): number =>
    Math.max(0, now[kind] - first[kind] - slack);
  return {
    processes: over('processes', 2),
    descriptors: over('descriptors', 5),
    temporaries: over('temporaries', 5),
  };
}

/** Bytes a cycle: the median of the slopes between all pairs of rows, which a reading amid some work does not move. */
function slopeOf(rows: readonly Row[], kind: 'heapBytes' | 'residentBytes'): number {
  const slopes = rows.flatMap((a, at) =>
    rows.slice(at + 1).map((b) => (b[kind] - a[kind]) / (b.cycle - a.cycle)),
  );
  return slopes.toSorted((a, b) => a - b)[slopes.length >> 1] ?? Infinity;
}

function print(rows: readonly Row[]): void {
  // oxlint-disable-next-line no-console -- the table is what the command is for.
  console.table(
    rows.map(({ cycle, processes, browsers, temporaries, descriptors, heapBytes, residentBytes }) => ({
      cycle,
      processes,
      browsers: browsers.length,
      temporaries,
      descriptors,
      'heap kB': Math.round(heapBytes / 1e3),
      'RSS MB': Math.round(residentBytes / 1e5) / 10,
    })),
  );
}
