export type { LeaseScope } from '@escarp/contract';
export type { Asset, Claim, ClaimMode, HeldClaim } from './asset.js';
export type * from './command.js';
export type { Effect } from './effect.js';
export type { Change, RegistryEvent, Setback } from './event.js';
export type { Instant } from './instant.js';
export type { Json, JsonRecord } from './json.js';
export { type Limits, defaultLimits } from './limits.js';
export { type QueuedWaiter, queueOf } from './queue.js';
export { recover, unfinished } from './recover.js';
export type {
  RecordedAsk,
  RecordedControl,
  RecordedLease,
  RecordedOffer,
  RecordedWaiter,
} from './recorded.js';
export { Registry } from './registry.js';
export {
  type AbortSignalLike,
  type EffectPorts,
  JournalUnavailable,
  type RegistryPorts,
  RegistryStopped,
} from './registry-ports.js';
export type { RefusalCode, Refused, Reply } from './reply.js';
export { type Labels, type ResourceSelector, matches } from './selector.js';
export { type Snapshot, snapshotOf } from './snapshot.js';
export type * from './state.js';
export { emptyState, nextWakeAt } from './state.js';
export { type Step, step } from './step.js';
