import type { StripLimits } from './limits.js';
import type { StripPicture } from './strip.js';

/**
 * The pictures that stay when there are too many. The first and the last always do; among the others the one goes first
 * that leaves the smallest gap for its age, so that old times are told by fewer pictures than recent ones.
 */
export function thinnedOut(
  pictures: readonly StripPicture[],
  { picturesMax, bytesMax }: Pick<StripLimits, 'picturesMax' | 'bytesMax'>,
): StripPicture[] {
  const kept = [...pictures];
  let bytes = kept.reduce((sum, picture) => sum + picture.bytes, 0);
  while (kept.length > 2 && (kept.length > picturesMax || bytes > bytesMax)) {
    const [gone] = kept.splice(leastMissed(kept), 1);
    bytes -= gone?.bytes ?? 0;
  }
  return kept;
}

function leastMissed(pictures: readonly StripPicture[]): number {
  const at = (index: number): number => pictures[index]?.at ?? 0;
  const last = pictures.length - 1;
  const loss = (index: number): number => (at(index + 1) - at(index - 1)) / (at(last) - at(index) + 1);
  let least = 1;
  for (let index = 2; index < last; index += 1) if (loss(index) < loss(least)) least = index;
  return least;
}
