import { apply } from './apply.js';
import type { Effect } from './effect.js';
import type { Change, RegistryEvent } from './event.js';
import type { Instant } from './instant.js';
import type { RegistryState } from './state.js';
import { Edit } from './versioned.js';

/** A state being written: a shallow copy whose maps are replaced, never changed. */
export type Draft = { -readonly [Name in keyof RegistryState]: RegistryState[Name] };

/** One step in the making. */
export interface Turn {
  readonly state: Draft;
  readonly now: Instant;
  readonly edit: Edit;
  readonly events: RegistryEvent[];
  readonly effects: Effect[];
}

export function beginTurn(state: RegistryState, now: Instant): Turn {
  return { state: draftOf(state), now, edit: new Edit(), events: [], effects: [] };
}

/** Field by field, because a spread costs more than the rest of a renewal. */
export function draftOf(state: RegistryState): Draft {
  return {
    limits: state.limits,
    revision: state.revision,
    fence: state.fence,
    arrivals: state.arrivals,
    resources: state.resources,
    free: state.free,
    leases: state.leases,
    offers: state.offers,
    ended: state.ended,
    waiters: state.waiters,
    lines: state.lines,
    labelLines: state.labelLines,
    answers: state.answers,
    holdings: state.holdings,
    typicalHoldMs: state.typicalHoldMs,
  };
}

/** Records a change and makes it: there is no other way to change what is durable. */
export function emit(turn: Turn, change: Change): void {
  const event = { revision: turn.state.revision + 1, at: turn.now.wallMs, change };
  apply(turn.state, event, turn.now.monotonicMs, turn.edit);
  turn.events.push(event);
}

export function nextFence(turn: Turn): number {
  return turn.state.fence + 1;
}

export function nextArrival(turn: Turn): number {
  return turn.state.arrivals + 1;
}
