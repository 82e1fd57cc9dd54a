import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDirectory } from '@escarp/broker/home';

/** The slots that have a launch record, whether or not the pool still lists them. */
export async function recordedSlots({ home }: StateDirectory): Promise<number[]> {
  const names = await readdir(join(home, 'run')).catch(() => []);
  return names.flatMap((name) => {
    const match = /^slot-(\d+)\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}
