import { apply } from './apply.js';
import type { Effect } from './effect.js';
import type { Change, RegistryEvent } from './event.js';
import type { Instant } from './instant.js';
import type { ResourceCell } from './resource.js';
import type { OwnedState } from './state.js';

/** The state that a step works on, and its results so far. */
export interface StepContext {
  readonly state: OwnedState;
  readonly now: Instant;
  readonly events: RegistryEvent[];
  readonly effects: Effect[];
}

/**
 * Records a change and applies it. There is no other way to change durable state.
 * @param cell what holds the resource that the change is about, where it is at hand, as `apply` takes it.
 */
export function emit({ state, now, events }: StepContext, change: Change, cell?: ResourceCell): void {
  const event = { revision: state.revision + 1, at: now.wallMs, change };
  apply(state, event, now.monotonicMs, cell);
  events.push(event);
}

export function nextFence({ state }: StepContext): number {
  return state.fence + 1;
}

/** A name that nothing else will ever have. */
export function nextName({ state }: StepContext): string {
  return String(state.revision + 1);
}

export function nextArrival({ state }: StepContext): number {
  return state.arrivals + 1;
}
