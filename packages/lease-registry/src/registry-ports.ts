import type { Effect } from './effect.js';
import type { RegistryEvent } from './event.js';
import type { Instant } from './instant.js';

type Outward = Exclude<Effect, { type: 'settle' }>;

/** One function per effect. The registry does not wait for them; they report back by submitting a command. */
export type EffectPorts = {
  readonly [T in Outward['type']]: (effect: Extract<Outward, { type: T }>) => void;
};

/** What the registry needs from its caller. */
export interface RegistryPorts {
  readonly clock: () => Instant;
  /** Calls back once, no earlier than a monotonic time in ms; returns a function that cancels it. */
  readonly wake: (atMonotonicMs: number, callback: () => void) => () => void;
  /**
   * Resolves when the events are durable. Batches come one at a time, in order. After a rejection the same events come
   * again, followed by later ones. Events that were written anyway do no harm when they are written twice.
   */
  readonly append: (events: readonly RegistryEvent[]) => Promise<void>;
  readonly effects: EffectPorts;
}

/** The journal could not be written. Grants have been taken back; ended leases stay ended and are written later. */
export class JournalUnavailable extends Error {
  readonly code = 'journal_unavailable';
}

/**
 * A step threw because an invariant is broken, which is a bug in this package. The state may be half changed, so the
 * registry stops using it. The journal is intact: recover a new registry from it.
 */
export class RegistryStopped extends Error {
  readonly code = 'registry_stopped';

  constructor(cause: unknown) {
    super('The lease registry has stopped because one of its invariants is broken.', { cause });
  }
}

/** The part of an AbortSignal that the registry needs. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  /** As on EventTarget. */
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  /** As on EventTarget. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Passes an effect to its port. */
export function carryOut(ports: EffectPorts, effect: Outward): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type of an effect chooses the port it fits.
  (ports[effect.type] as (effect: Outward) => void)(effect);
}
