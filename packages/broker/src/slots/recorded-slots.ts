import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tiers, type Tier } from '@escarp/contract';
import { readPrivateFile } from '../state-directory/private-file.js';
import type { StateDirectory } from '../state-directory/state-directory.js';
import { isAlive } from './is-alive.js';

/** A slot that was launched and not stopped since, according to its launch record. */
export interface RecordedSlot {
  readonly slot: number;
  readonly port: number;
  readonly headless: boolean;
  readonly tier: Tier;
  /** Whether a process with the browser's pid exists. */
  readonly isRunning: boolean;
}

/** The slots that have a launch record, whether or not the pool still lists them. */
export async function recordedSlots({ home }: StateDirectory): Promise<number[]> {
  const names = await readdir(join(home, 'run')).catch(() => []);
  return names.flatMap((name) => {
    const match = /^slot-(\d+)\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

const bytesMax = 100_000;

/** The content of those records; unreadable ones are left out. */
export async function readRecords(directory: StateDirectory): Promise<RecordedSlot[]> {
  const slots = await recordedSlots(directory);
  const read = slots.map(async (slot) => {
    const path = join(directory.home, 'run', `slot-${slot}.json`);
    const text = await readPrivateFile(path, bytesMax).catch(() => undefined);
    return recordOf(slot, text ?? '');
  });
  return (await Promise.all(read)).filter((record) => record !== undefined);
}

function recordOf(slot: number, text: string): RecordedSlot | undefined {
  try {
    const { pid, port, headless, profile }: Record<string, unknown> = JSON.parse(text);
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof profile !== 'string') return undefined;
    const tier = tiers.find((one) => one === basename(dirname(profile))) ?? 'autonomous';
    return { slot, port, headless: headless === true, tier, isRunning: isAlive(pid) };
  } catch {
    return undefined;
  }
}
