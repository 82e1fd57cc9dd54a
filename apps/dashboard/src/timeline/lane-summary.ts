import type { SlotTimeline, TimelineSpan } from '@escarp/live-view/wire';
import { countOf } from '../text/count-of.js';
import { duration } from '../text/duration.js';

/** What each state of a lane is called. */
export const stateNames: Record<TimelineSpan['state'], string> = {
  leased: 'Leased',
  human: 'A person in control',
  free: 'Free',
  starting: 'Starting',
  resetting: 'Resetting',
  lost: 'Browser lost',
  quarantined: 'Quarantined',
};

/** A lane in a sentence, for those who do not see it: "Slot 3: leased 4 times, 32 min in all; lost once". */
export function laneSummary(
  { slot, spans }: SlotTimeline,
  { from, to }: { from: number; to: number },
): string {
  const seen = spans.filter((span) => (span.to ?? to) > from);
  const leases = new Set(seen.flatMap(({ fence }) => fence ?? []));
  const leasedS = seen
    .filter(({ state }) => state === 'leased' || state === 'human')
    .reduce((sum, span) => sum + Math.min(span.to ?? to, to) - Math.max(span.from, from), 0);
  const lost = seen.filter(({ state }) => state === 'lost').length;
  const parts = [
    leases.size === 0 ? 'not leased' : `${countOf(leases.size, 'lease')}, ${duration(leasedS)} in all`,
  ];
  if (lost > 0) parts.push(`browser lost ${countOf(lost, 'time')}`);
  return `Slot ${slot}: ${parts.join('; ')}`;
}
