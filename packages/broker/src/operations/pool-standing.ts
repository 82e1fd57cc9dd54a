import type { SlotView } from '@escarp/transport';

/** Why no slot of a pool could be leased, in words for the caller. */
export interface PoolStanding {
  /** Whether no slot is leased or being reset. Waiting for a holder is then futile: every slot has failed. */
  readonly isBroken: boolean;
  readonly message: string;
  /** Seconds until a failed slot will have been retried. */
  readonly retryAfterS: number;
}

// A start that succeeds takes a second or two, and one that fails may take longer.
const retryAfterMinS = 5;
const causeLengthMax = 400;

/** The state of a pool in which no slot is free. */
export function poolStanding(slots: readonly SlotView[]): PoolStanding {
  const failing = slots.filter(hasFailed);
  const isBroken = failing.length > 0 && slots.every((slot) => hasFailed(slot) || slot.state === 'starting');
  return {
    isBroken,
    message: isBroken
      ? `No slot can be leased. ${failing.map(standingOf).join(' ')}`
      : shortage(slots, failing),
    retryAfterS: Math.min(...failing.map(retryAfter), Infinity),
  };
}

/** Seconds until a failed slot will have been retried. */
export function retryAfter({ state, retryAfterS }: SlotView): number {
  return Math.max(state === 'quarantined' ? (retryAfterS ?? 0) : 0, retryAfterMinS);
}

/** Why one slot could not be leased, for example `Slot 2 is quarantined: …. It is tried again in 8 s.` */
export function standingOf(view: SlotView): string {
  const { slot, state, lastError, retryAfterS } = view;
  const cause = lastError === null ? '' : `: ${oneLine(lastError)}`;
  if (state === 'quarantined') {
    const when = retryAfterS === null ? '' : ` It is tried again in ${retryAfterS} s.`;
    return `${endSentence(`Slot ${slot} is quarantined${cause}`)}${when}`;
  }
  if (state === 'starting') return endSentence(`Slot ${slot} is being started${cause && ` again${cause}`}`);
  if (state === 'resetting') return `Slot ${slot} is being reset.`;
  return `Slot ${slot} is ${state}.`;
}

/** A slot that is quarantined, or is being started again after it failed. */
function hasFailed({ state, lastError }: SlotView): boolean {
  return state === 'quarantined' || (state === 'starting' && lastError !== null);
}

function shortage(slots: readonly SlotView[], failing: readonly SlotView[]): string {
  if (slots.every(({ holder }) => holder !== null)) return 'Every slot is leased.';
  const rest = slots.filter((slot) => !failing.includes(slot));
  const leased = rest.filter(({ holder }) => holder !== null).length;
  const onTheirWay = rest.length - leased;
  const counts = [
    ...(leased > 0 ? [`${leased} ${leased === 1 ? 'is' : 'are'} leased`] : []),
    ...(onTheirWay > 0 ? [`${onTheirWay} ${onTheirWay === 1 ? 'is' : 'are'} being started or reset`] : []),
    ...(failing.length > 0 ? [`${failing.length} ${failing.length === 1 ? 'has' : 'have'} failed`] : []),
  ];
  return [`No slot is free: ${counts.join(', ')}.`, ...failing.map(standingOf)].join(' ');
}

function oneLine(text: string): string {
  const line = text.split('\n').filter(Boolean).join(' ');
  return line.length > causeLengthMax ? `${line.slice(0, causeLengthMax)}…` : line;
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
