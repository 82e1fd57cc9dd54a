export type {
  Accept,
  Acquire,
  Cancel,
  Command,
  Decline,
  Gap,
  OfferLease,
  Release,
  Renew,
  ResourceCommand,
  Retract,
  Revoke,
  Tick,
} from './command.js';
export type { Effect } from './effect.js';
export type { Change, RecordedLease, RecordedOffer, RecordedWaiter, RegistryEvent } from './event.js';
export type { Instant } from './instant.js';
export { type DecodedJournal, decodeJournal, encodeRecord } from './journal-codec.js';
export type { Json, JsonRecord } from './json.js';
export { type Limits, defaultLimits } from './limits.js';
export { type QueuedWaiter, queueOf } from './queue.js';
export { recover, unfinished } from './recover.js';
export {
  type AbortSignalLike,
  type EffectPorts,
  JournalUnavailable,
  Registry,
  type RegistryPorts,
} from './registry.js';
export type { RefusalCode, Refused, Reply } from './reply.js';
export type { LeaseScope } from './scope.js';
export { type Labels, type ResourceSelector, matches } from './selector.js';
export { type Snapshot, snapshotOf } from './snapshot.js';
export {
  type EndedLease,
  type EndReason,
  type Lease,
  type Offer,
  type RegistryState,
  type Resource,
  type ResourceState,
  type Waiter,
  emptyState,
  nextWakeAt,
} from './state.js';
export { type Step, step } from './step.js';
