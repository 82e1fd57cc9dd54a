import type { SlotState } from '@escarp/live-view/wire';
import { now } from '../live/clock.js';
import { LongText } from '../slots/long-text.js';
import { bytes } from '../text/bytes.js';
import { duration } from '../text/duration.js';
import { whenOf } from '../text/time-of-day.js';

/** What is known about a slot and its lease. */
export const SlotFacts = ({ slot }: { slot: SlotState }) => (
  <section class="panel">
    <h2>Details</h2>
    <dl class="facts body">
      {factsOf(slot).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <LongText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  </section>
);

function factsOf(slot: SlotState): [string, string][] {
  const facts: [string, string | null][] = [
    ['Holder', slot.holder ?? 'nobody'],
    ['Worktree', slot.worktree],
    ['Leased', slot.since === null ? null : `for ${duration(now.value - slot.since)}`],
    ['Lease ends', endWords(slot)],
    ['Fence', slot.fence === null ? null : String(slot.fence)],
    ['Dev port', slot.devPort === null ? null : String(slot.devPort)],
    ['Memory', slot.memoryBytes === null ? null : bytes(slot.memoryBytes)],
    ['Browser replaced', slot.relaunchedAt === null ? null : `at ${whenOf(slot.relaunchedAt, now.value)}`],
    ['Last error', slot.lastError],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function endWords({ fence, control, expiresAt, isStale }: SlotState): string | null {
  if (fence === null) return null;
  if (control.by === 'human') return 'waits while a person is in control';
  if (expiresAt === null) return null;
  const words = `in ${duration(expiresAt - now.value)} unless it is renewed`;
  return isStale ? `${words}; no heartbeat for a while` : words;
}
