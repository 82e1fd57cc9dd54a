import type { PublicChange } from '@escarp/broker';
import { describeEvent as describe, type DescribedEvent } from '@escarp/live-view/journal';
import { printableLine } from './print/printable.js';

/** A journal event as a line that is safe to print; undefined for bookkeeping. */
export function describeEvent(event: PublicChange): DescribedEvent | undefined {
  const described = describe(event);
  if (described === undefined) return undefined;
  const { slot, text } = described;
  return { slot, text: printableLine(slot === undefined ? text : `slot ${slot} ${text}`) };
}
