import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { processTable } from '@escarp/child-process';
import type { ProcessEntry } from '@escarp/child-process';
import { expect, vi } from 'vitest';
import type { SlotFacts, SpareOptions } from '../../src/index.js';
import { slotProcesses } from '../../src/process/slot-processes.js';
import { slotPaths } from '../../src/slot-paths.js';
import type { Seat } from '../../src/slot-paths.js';
import { makePoolFixture } from '../pool-fixture.js';
import type { FixtureOptions, PoolFixture } from '../pool-fixture.js';

export const processes = processTable(process.platform);

export interface SpareFixture extends PoolFixture {
  /** Every process of slot 0 in that seat. */
  readonly processesIn: (seat: Seat) => Promise<ProcessEntry[]>;
  /** What is on disk of slot 0 besides its launch record and logs, as `profiles/slot-0b`. */
  readonly folders: () => Promise<string[]>;
  /** A used slot whose spare waits. */
  readonly withSpare: () => Promise<{ readonly facts: SlotFacts; readonly sparePid: number }>;
}

/** A pool that makes its spares at once, with as much memory as `spares` says. */
export async function makeSpareFixture(
  { limits, ...options }: FixtureOptions = {},
  spares: SpareOptions = { availableBytes: () => undefined },
): Promise<SpareFixture> {
  const fixture = await makePoolFixture({ ...options, spares, limits: { spareDelayMs: 0, ...limits } });
  const { home, pool } = fixture;
  const withSpare: SpareFixture['withSpare'] = async () => {
    const facts = pool.facts(0) ?? (await pool.launch(0));
    await pool.prepareSpare(0);
    const spare = pool.spare(0);
    if (spare === undefined) throw new Error(`There is no spare: ${JSON.stringify(fixture.log)}`);
    return { facts, sparePid: spare.pid };
  };
  const processesIn = (seat: Seat): Promise<ProcessEntry[]> =>
    slotProcesses(processes, slotPaths({ home, shortTmp: home }, 0, 'autonomous', seat));
  const folders = async (): Promise<string[]> => {
    const [profiles, tmps] = await Promise.all([
      readdir(join(home, 'profiles/autonomous')),
      readdir(join(home, 'tmp')),
    ]);
    return [...profiles.map((name) => `profiles/${name}`), ...tmps.map((name) => `tmp/${name}`)].toSorted();
  };
  return { ...fixture, withSpare, processesIn, folders };
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await processes.state(pid)) !== undefined;
}

/** Resolves when a signal that stops or kills has got there: it is sent before it has been received. */
export async function untilStruck(pid: number): Promise<void> {
  await vi.waitFor(async () => expect((await processes.state(pid))?.isStopped ?? true).toBe(true), 60_000);
}

export async function isPipe(path: string): Promise<boolean> {
  return (await lstat(path)).isFIFO();
}
