import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import type { Instant } from './instant.js';

type Outward = Exclude<Effect, { type: 'settle' }>;

/** One function per effect; the registry does not wait for them. They answer by submitting a command. */
export type EffectPorts = {
  readonly [T in Outward['type']]: (effect: Extract<Outward, { type: T }>) => void;
};

/** What the registry needs of the world. */
export interface RegistryPorts {
  readonly clock: () => Instant;
  /** Calls back once, no earlier than a monotonic time; returns how to call it off. */
  readonly wake: (atMonotonicMs: number, callback: () => void) => () => void;
  /**
   * Resolves when the events are durable. Batches come one at a time, in order. After a rejection the same events
   * come again, with later ones behind them; those that were written after all do no harm when they stand twice.
   */
  readonly append: (events: readonly RegistryEvent[]) => Promise<void>;
  readonly effects: EffectPorts;
}

/** The journal could not be written. A grant was taken back; an end of a lease stands and will be written later. */
export class JournalUnavailable extends Error {
  readonly code = 'journal_unavailable';
}

/**
 * A step threw, because an invariant is broken: a defect here. The state may be half changed, so the registry does
 * nothing more with it; what the journal holds is whole, and a registry recovered from it goes on from there.
 */
export class RegistryStopped extends Error {
  readonly code = 'registry_stopped';

  constructor(cause: unknown) {
    super('The lease registry has stopped because one of its invariants is broken.', { cause });
  }
}

/** The part of an AbortSignal the registry needs. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Hands an effect to its port. */
export function carryOut(ports: EffectPorts, effect: Outward): void {
  switch (effect.type) {
    case 'start':
      return ports.start(effect);
    case 'reset':
      return ports.reset(effect);
    case 'dispose':
      return ports.dispose(effect);
    default:
      effect satisfies never;
  }
}
