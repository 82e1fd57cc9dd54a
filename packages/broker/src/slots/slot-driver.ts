import type { SlotPool } from '@escarp/slot-pool';

/** The part of an operation that is left when it is known of which slot. */
type OfSlot<Method> = Method extends (slot: number, ...more: infer More) => infer Result
  ? (...more: More) => Result
  : never;

type Operation =
  | 'launch'
  | 'adopt'
  | 'reset'
  | 'relaunch'
  | 'requireRecycle'
  | 'withProfile'
  | 'stop'
  | 'facts'
  | 'watch'
  | 'fault'
  | 'connect'
  | 'memoryBytes'
  | 'prepareSpare'
  | 'spare'
  | 'spareMemoryBytes';

/** One slot's browser: what the slot's controller needs of it, wherever it runs. */
export type SlotDriver = { readonly [Name in Operation]: OfSlot<SlotPool[Name]> };

/** The driver of one slot of a pool on this machine. */
export function poolDriver(pool: SlotPool, slot: number): SlotDriver {
  return {
    launch: () => pool.launch(slot),
    adopt: () => pool.adopt(slot),
    reset: (policy, options) => pool.reset(slot, policy, options),
    relaunch: () => pool.relaunch(slot),
    requireRecycle: () => pool.requireRecycle(slot),
    withProfile: (work, next) => pool.withProfile(slot, work, next),
    stop: () => pool.stop(slot),
    facts: () => pool.facts(slot),
    watch: (onLost, options) => pool.watch(slot, onLost, options),
    fault: (look) => pool.fault(slot, look),
    connect: () => pool.connect(slot),
    memoryBytes: () => pool.memoryBytes(slot),
    prepareSpare: () => pool.prepareSpare(slot),
    spare: () => pool.spare(slot),
    spareMemoryBytes: () => pool.spareMemoryBytes(slot),
  };
}
