import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOwnSockets, defaultLimits } from '../../src/index.js';
import type { LostBrowser, SlotPool } from '../../src/index.js';
import { slotPaths } from '../../src/slot-paths.js';
import { noEvidence } from '../../src/watch/browser-evidence.js';
import { BrowserWatch } from '../../src/watch/browser-watch.js';
import { processTable } from '@escarp/child-process';
import { devtoolsOf, makePoolFixture } from '../pool-fixture.js';
import type { PoolFixture } from '../pool-fixture.js';

const processes = processTable(process.platform);
const standStill = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const logBytesMax = 50_000;

describe.runIf(process.platform === 'linux')('the watch over a browser', { tags: ['browser'] }, () => {
  let fixture: PoolFixture;
  let pool: SlotPool;

  beforeEach(async () => {
    fixture = await makePoolFixture({ limits: { logBytesMax } });
    pool = fixture.pool;
    await pool.launch(0);
  });
  afterEach(() => fixture.end());

  it.each([
    ['SIGKILL', 'page_crashed'],
    ['SIGSTOP', 'page_stopped'],
  ] as const)('tells that its page’s process got %s, and goes on', async (signal, reason) => {
    const told: LostBrowser[] = [];
    const pids = await renderers();
    await plantLongLog();
    const first = tellTo(told);
    await logIsCut();
    for (const pid of pids) process.kill(pid, signal);
    expect(await first).toMatchObject({ reason });
    expect(await pool.fault(0, 'quick')).toBe(reason);
    process.kill(pool.facts(0)?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => told.map((lost) => lost.reason)).toEqual([reason, 'exited']);
    expect((await pool.reset(0, 'recycle', { deadlineMs: 60_000 })).policy).toBe('recycle');
    expect(await pool.fault(0, 'thorough')).toBeUndefined();
  });

  it('does not mistake its own lack of a processor for the browser’s silence', async () => {
    const told: LostBrowser[] = [];
    // Each watch begins with several questions, and none of them can be asked while this process is suspended.
    for (let start = 0; start < 4; start += 1) {
      const end = pool.watch(0, (lost) => told.push(lost));
      for (let stall = 0; stall < 12; stall += 1) {
        await turn();
        standStill(130);
      }
      end();
    }
    expect(told).toEqual([]);
  });

  it('finds by looking what no event has reported yet', async () => {
    const pid = pool.facts(0)?.pid ?? 0;
    expect(await pool.fault(0, 'quick')).toBeUndefined();
    process.kill(pid, 'SIGSTOP');
    await expect.poll(async () => (await processes.find(pid))?.isStopped).toBe(true);
    expect(await pool.fault(0, 'quick')).toBe('stopped');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processes.find(pid)).toBeUndefined();
    expect(await pool.fault(0, 'quick')).toBe('exited');
    expect(await pool.fault(1, 'quick')).toBe('exited');
  });

  it('finds a page that crashed while nobody watched by asking it', async () => {
    const restarted = fixture.another();
    const connection = await devtoolsOf(pool, 0);
    const crashed = new Promise<void>((resolve) => {
      connection.onEvent((method) => method === 'Target.targetCrashed' && resolve());
    });
    await connection.send('Target.setDiscoverTargets', { discover: true });
    for (const pid of await renderers()) process.kill(pid, 'SIGKILL');
    await crashed;
    connection.close();
    expect(await restarted.adopt(0)).toBeDefined();
    expect(await restarted.fault(0, 'thorough')).toBe('page_crashed');
    await restarted.close();
  });

  it('finds a stopped page also where looking at processes is too slow to be done often', async () => {
    const [renderer = 0] = await renderers();
    const watch = await watchOfSlowTable();
    watch.start();
    process.kill(renderer, 'SIGSTOP');
    await expect.poll(() => watch.fault()).toBe('page_stopped');
    watch.end();
  });

  it('ends for good with its pool', async () => {
    const told: LostBrowser[] = [];
    pool.watch(0, (lost) => told.push(lost));
    await pool.close();
    expect(await pool.adopt(0)).toBeDefined();
    pool.watch(0, (lost) => told.push(lost));
    const other = fixture.another();
    await other.adopt(0);
    const seen = new Promise((resolve) => other.watch(0, resolve));
    process.kill(pool.facts(0)?.pid ?? 0, 'SIGKILL');
    await seen;
    await other.close();
    expect(told).toEqual([]);
  });

  /** Resolves with the next report. */
  function tellTo(told: LostBrowser[]): Promise<LostBrowser> {
    return new Promise((resolve) =>
      pool.watch(0, (lost) => {
        told.push(lost);
        resolve(lost);
      }),
    );
  }

  /** As on macOS, where each look starts a program. */
  async function watchOfSlowTable(): Promise<BrowserWatch> {
    const { pid = 0, cdpPort: port = 0, cdpWsUrl: wsUrl = '' } = pool.facts(0) ?? {};
    const started = await processes.find(pid);
    const browser = {
      pid,
      processStartedAt: started?.startedAt ?? '',
      port,
      wsUrl,
      launchedAt: 0,
      paths: slotPaths({ home: fixture.home, shortTmp: fixture.home }, 0, 'autonomous'),
      isHeld: () => false,
    };
    const ports = {
      processes: { ...processes, isQuick: false },
      evidence: noEvidence,
      limits: defaultLimits,
      monotonicMs: () => performance.now(),
      own: createOwnSockets(),
    };
    return new BrowserWatch(browser, ports, () => {});
  }

  const log = (): string => join(fixture.home, 'logs', 'chrome-slot-0.log');

  function plantLongLog(): Promise<void> {
    return appendFile(log(), 'x'.repeat(logBytesMax));
  }

  /** The watch truncates a log that is too long when it gets its first answer. */
  async function logIsCut(): Promise<void> {
    await expect.poll(async () => (await stat(log())).size).toBeLessThan(logBytesMax);
  }

  /** The processes that show pages; a page that has answered has one. */
  async function renderers(): Promise<number[]> {
    expect(await pool.fault(0, 'thorough')).toBeUndefined();
    const { profile } = fixture.pool.facts(0) ?? { profile: '' };
    return (await processes.list())
      .filter(({ commandLine }) => commandLine.includes(`--user-data-dir=${profile} `))
      .filter(({ commandLine }) => commandLine.includes(' --type=renderer '))
      .map(({ pid }) => pid);
  }
});
