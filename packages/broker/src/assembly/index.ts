/** What a command needs to bring up a pool for a daemon to serve. It loads neither the broker nor the registry. */
export { askCommandFault } from '../notices/ask-command-fault.js';
export type { Machine } from '../machine.js';
export { readRecords, recordedSlots, type RecordedSlot } from '../slots/recorded-slots.js';
export { ensurePool, poolDifferences, runsOtherwise, wantedPool } from './ensure-pool.js';
export type { Installation } from './installation.js';
export { poolWords, type PoolRequest } from './pool-request.js';
export { browserPlaces, hasLaunched, presentBrowser } from './present-browser.js';
