import type { SlotState } from '@escarp/live-view/wire';
import { now } from '../live/clock.js';
import { viewer } from '../live/viewer.js';
import { addressOf } from '../route.js';
import { duration } from '../text/duration.js';
import { timeOfDay } from '../text/time-of-day.js';
import { LivePicture } from './live-picture.js';
import { PicturePlace } from './picture-place.js';
import { StatePill } from './state-pill.js';

/** A slot of the grid. The whole card leads to it; its name is the link. */
export function SlotCard({ slot, ttlS }: { slot: SlotState; ttlS: number }) {
  const asks = viewer.value?.asks.some((ask) => ask.slot === slot.slot) === true;
  const tone = asks ? 'wait' : slot.control.by === 'human' ? 'human' : undefined;
  return (
    <li class="card panel" data-tone={tone} data-state={slot.state}>
      <PicturePlace slot={slot}>
        {slot.state === 'leased' && <LivePicture slot={slot.slot} rate={2} quality={50} />}
      </PicturePlace>
      <div class="card-text">
        <div class="card-line">
          <a class="card-link" id={`slot-${slot.slot}`} href={addressOf({ page: 'slot', slot: slot.slot })}>
            Slot {slot.slot}
          </a>
          <StatePill slot={slot} asks={asks} />
        </div>
        <Holder slot={slot} ttlS={ttlS} />
        <LastEvent slot={slot} />
      </div>
    </li>
  );
}

function Holder({ slot, ttlS }: { slot: SlotState; ttlS: number }) {
  const { holder, worktree, since, isStale, lastError } = slot;
  if (holder === null) {
    return <p class="card-holder muted cut">{lastError?.split('\n')[0] ?? 'Nobody'}</p>;
  }
  return (
    <>
      <p class="card-line">
        <span class="card-holder cut" title={holder}>
          {holder}
        </span>
        {since !== null && <span class="muted number nowrap">for {duration(now.value - since)}</span>}
      </p>
      <p class="card-line">
        <span class="path cut" title={worktree ?? undefined}>
          {worktree ?? 'no worktree given'}
        </span>
        {isStale && (
          <span class="late nowrap" title={`No heartbeat for half of its ${duration(ttlS)}`}>
            silent
          </span>
        )}
      </p>
    </>
  );
}

function LastEvent({ slot: { lastEvents } }: { slot: SlotState }) {
  const [last] = lastEvents;
  if (last === undefined) return <p class="card-event muted">Nothing has happened yet</p>;
  return (
    <p class="card-event muted cut" title={last.text}>
      <time class="number">{timeOfDay(last.at)}</time> {last.text.split('\n')[0]}
    </p>
  );
}
