import { setTimeout as pause } from 'node:timers/promises';
import { processFamily } from '@escarp/child-process';
import { cpuSeconds, pssMb } from './process-usage.js';

/** What a family of processes used during some work. */
export interface Usage {
  readonly wallS: number;
  /** Of all processes of the family, those that ran before included, from the beginning of the work to its end. */
  readonly cpuS: number;
  /** The largest sum of all proportional set sizes that was seen. */
  readonly peakMb: number;
}

/** A process that lives for less may be missed. */
const everyMs = 100;
/** Sizes take the kernel longer to add up. */
const sizesEvery = 5;

/** Looks ten times a second at every process that has the mark in its environment, or descends from one that has. */
export async function usageWhile(mark: string, work: () => Promise<unknown>): Promise<Usage> {
  const before = await cpuOf(await membersOf(mark));
  const seen = new Map<string, number>();
  let peakMb = 0;
  const over = new AbortController();
  const look = async (round: number): Promise<void> => {
    const members = await membersOf(mark);
    for (const [name, seconds] of await cpuOf(members)) seen.set(name, seconds);
    if (round % sizesEvery !== 0) return;
    const sizes = await Promise.all(members.map(({ pid }) => pssMb(pid)));
    peakMb = Math.max(
      peakMb,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  };
  const watching = (async () => {
    for (let round = 0; !over.signal.aborted; round++) {
      await look(round);
      await pause(everyMs, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  const startedAt = performance.now();
  await work().finally(() => over.abort());
  const wallS = (performance.now() - startedAt) / 1_000;
  await watching;
  const cpuS = [...seen].reduce((sum, [name, seconds]) => sum + seconds - (before.get(name) ?? 0), 0);
  return { wallS, cpuS, peakMb };
}

type Member = Awaited<ReturnType<typeof processFamily>>[number];

function membersOf(mark: string): Promise<Member[]> {
  return processFamily({ platform: process.platform, mark, ownsSession: false });
}

/** In seconds, by process; without those that have just ended. */
async function cpuOf(members: readonly Member[]): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  await Promise.all(
    members.map(async ({ pid, startedAt }) => {
      const seconds = await cpuSeconds(pid).catch(() => undefined);
      if (seconds !== undefined) used.set(`${pid} ${startedAt}`, seconds);
    }),
  );
  return used;
}
