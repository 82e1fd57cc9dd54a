import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Tier } from './slot.js';

/** Where the pool keeps things. `home` is the state directory, `shortTmp` a short path such as /tmp. */
export interface PoolHome {
  readonly home: string;
  readonly shortTmp: string;
}

/**
 * A slot's browser and its spare have folders of their own, and change places when the spare becomes the slot's browser: no
 * folder of a running Chrome can be renamed.
 */
export type Seat = 'first' | 'second';

export const otherSeat = (seat: Seat): Seat => (seat === 'first' ? 'second' : 'first');

/** The paths of one slot, for the browser in one of its seats. */
export interface SlotPaths {
  readonly profile: string;
  readonly downloads: string;
  readonly crashes: string;
  readonly tmp: string;
  readonly log: string;
  readonly record: string;
}

// Chrome puts `<TMPDIR>/org.chromium.Chromium.XXXXXX/SingletonSocket` in a sun_path: 104 bytes on macOS, 108 on
// Linux, the final zero included. What is left for TMPDIR is 104 - 1 - 46, with some room for longer brand names.
const tmpBytesMax = 50;

const suffixOf: Readonly<Record<Seat, string>> = { first: '', second: 'b' };

/** The seats share the log and the launch record, which are those of the slot's browser. */
export function slotPaths(place: PoolHome, index: number, tier: Tier, seat: Seat = 'first'): SlotPaths {
  const name = `slot-${index}${suffixOf[seat]}`;
  const profile = join(place.home, 'profiles', tier, name);
  return {
    profile,
    downloads: join(profile, 'Downloads'),
    crashes: join(profile, 'Crash Reports'),
    tmp: join(tmpRoot(place), name),
    log: join(place.home, 'logs', `chrome-slot-${index}.log`),
    record: join(place.home, 'run', `slot-${index}.json`),
  };
}

/** The folder of every slot's TMPDIR: inside the state directory, or outside it if that path is too long. */
function tmpRoot({ home, shortTmp }: PoolHome): string {
  const inside = join(home, 'tmp');
  if (Buffer.byteLength(join(inside, 'slot-99')) <= tmpBytesMax) return inside;
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 10);
  return join(shortTmp, `escarp-${digest}`);
}

/** Of a browser that is not the slot's yet, in the seat that the slot's browser has not. */
export function sparePaths(place: PoolHome, index: number, tier: Tier, seat: Seat): SlotPaths {
  const log = join(place.home, 'logs', `chrome-slot-${index}.spare.log`);
  return { ...slotPaths(place, index, tier, seat), log };
}
