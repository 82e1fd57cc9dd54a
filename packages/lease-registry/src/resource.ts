import type { HeldClaim } from './asset.js';
import { Timed } from './deadlines.js';
import type { JsonRecord } from './json.js';
import type { Lease } from './lease.js';
import { type Limits, quarantineFor } from './limits.js';
import type { Labels } from './selector.js';

/** Only `free` can be granted. Every other state ends by itself after some time, except a healthy `leased`. */
export type ResourceState = 'starting' | 'free' | 'leased' | 'resetting' | 'quarantined';

/** A thing that is leased: a key, labels to select it by, and attributes that only its users understand. */
export interface Resource {
  readonly key: string;
  readonly labels: Labels;
  readonly attributes: JsonRecord;
  readonly state: ResourceState;
  /** Whether it is removed as soon as it is free. */
  readonly draining: boolean;
  /** Rises whenever the resource is granted, handed over, started or reset; completions must carry it. */
  readonly fence: number;
  /** Place in the order in which resources were added; the first free one is granted. */
  readonly order: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly lastError: string | undefined;
  /** When it last came back while leased, in epoch milliseconds. */
  readonly restartedAt: number | undefined;
  /** Whether a leased resource is being restarted for its holder. */
  readonly recovering: boolean;
  /** Monotonic time at which the current state ends by itself; Infinity if it does not. */
  readonly exitAtMs: number;
  /** Monotonic time since which it has been up. */
  readonly upSinceMs: number;
  /** What its holder claims, and still does while it is reset: until then the last one's work may go on. */
  readonly claims: readonly HeldClaim[];
}

/** How long a resource may stay in its state, in ms; Infinity if for ever. */
export function timeFor({ state, recovering }: Resource, limits: Limits): number {
  if (recovering || state === 'starting') return limits.startMs;
  if (state === 'quarantined') return quarantineFor(limits, 1);
  return state === 'resetting' ? limits.resetMs : Infinity;
}

/** A resource and its lease as they are now. */
export class ResourceCell extends Timed {
  value: Resource;
  lease: Lease | undefined = undefined;

  constructor(resource: Resource) {
    super();
    this.value = resource;
  }

  /** The earliest end of its state, its lease or its offer. */
  get deadline(): number {
    const { exitAtMs } = this.value;
    return this.lease === undefined ? exitAtMs : Math.min(exitAtMs, leaseDeadline(this.lease));
  }
}

/** The monotonic time, in ms, at which the next thing about a lease ends: its offer, an ask, a person's turn, itself. */
function leaseDeadline({ deadlineMs, offer, control, asks }: Lease): number {
  let next = deadlineMs;
  if (offer !== undefined) next = Math.min(next, offer.deadlineMs);
  if (control?.by === 'human') next = Math.min(next, control.deadlineMs);
  for (const ask of asks) if (ask.answer === undefined) next = Math.min(next, ask.deadlineMs);
  return next;
}
