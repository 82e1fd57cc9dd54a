export type { LeaseOptions } from './lease-slot.js';
export type { LeaseWish, Pool } from './pool.js';
export { type PoolOptions, startPool } from './start-pool.js';
export { type LeasedPage, type SlotOptions, withSlot } from './with-slot.js';
