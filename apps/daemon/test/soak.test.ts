import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonChild } from './child-processes.js';
import { startDaemonChild } from './child-processes.js';
import { readJournal } from '@escarp/broker';
import { leaseHistory } from './lease-history.js';
import { attach } from './live-page.js';
import type { Census } from './slot-census.js';
import { takeCensus } from './slot-census.js';
import type { TestHome } from './start-test-daemon.js';
import { makeTestHome } from './start-test-daemon.js';
import { until } from './until.js';

/** `pnpm soak` sets it; each cycle is a lease, a page, a release and a reset. */
const cycles = Number(process.env['ESCARP_SOAK_CYCLES'] ?? 20);
const samples = 10;
/** The first cycles fill caches and compile code. */
const warmUp = 5;

describe.runIf(process.platform === 'linux')(
  'over many leases',
  { tags: ['browser'], timeout: 60_000 + cycles * 10_000 },
  () => {
    let home: TestHome;
    let daemon: DaemonChild;

    beforeAll(async () => {
      home = await makeTestHome(2);
      daemon = await startDaemonChild(home);
    });
    afterAll(async () => {
      await daemon.end('SIGTERM');
      await home.remove();
    });

    it('nothing grows: no process, no descriptor, no temporary file, no memory to speak of', async () => {
      const rows: (Census & { readonly cycle: number })[] = [];
      await cycleOnce(warmUp);
      rows.push({ cycle: 0, ...(await settled()) });
      for (let at = 1; at <= samples; at++) {
        await cycleOnce(Math.round((cycles * at) / samples) - Math.round((cycles * (at - 1)) / samples));
        rows.push({ cycle: Math.round((cycles * at) / samples), ...(await settled()) });
      }
      print(rows);
      const [first, last] = [rows[0], rows.at(-1)];
      expect(last?.browsers).toHaveLength(2);
      expect(last?.processes).toBeLessThanOrEqual((first?.processes ?? 0) + 2);
      expect(last?.descriptors).toBeLessThanOrEqual((first?.descriptors ?? 0) + 5);
      expect(last?.temporaries).toBeLessThanOrEqual((first?.temporaries ?? 0) + 5);
      const { granted, ended, ...wrong } = leaseHistory(await readJournal(join(home.path, 'journal')));
      expect(wrong).toEqual({ doubled: 0, unclean: 0 });
      expect(ended).toBe(granted);
      // Bytes a cycle. The first half is warming up, and a short run is nothing else; a leaked connection or listing is
      // far above the long limit.
      const isLong = cycles >= 200;
      const judged = isLong ? rows.slice(rows.length >> 1) : rows;
      expect(slopeOf(judged)).toBeLessThan(isLong ? 30_000 : 1_500_000);
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
    async function settled(): Promise<Census> {
      await until(async () => (await daemon.client.status()).slots.every(({ state }) => state === 'free'));
      return until(async () => {
        const trash = await readdir(join(home.path, 'trash'));
        const census = await takeCensus(home.path, daemon.pid);
        return (trash.length === 0 && census.browsers.length === 2 && census) || undefined;
      });
    }
  },
);

/** Bytes of resident memory a cycle, by least squares. */
function slopeOf(rows: readonly { cycle: number; residentBytes: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(rows.map(({ cycle }) => cycle));
  const y = mean(rows.map(({ residentBytes }) => residentBytes));
  const over = rows.reduce((sum, row) => sum + (row.cycle - x) * (row.residentBytes - y), 0);
  return over / rows.reduce((sum, row) => sum + (row.cycle - x) ** 2, 0);
}

function print(rows: readonly (Census & { readonly cycle: number })[]): void {
  // oxlint-disable-next-line no-console -- the table is what the command is for.
  console.table(
    rows.map(({ cycle, processes, browsers, temporaries, descriptors, residentBytes }) => ({
      cycle,
      processes,
      browsers: browsers.length,
      temporaries,
      descriptors,
      'RSS MB': Math.round(residentBytes / 1e5) / 10,
    })),
  );
}
