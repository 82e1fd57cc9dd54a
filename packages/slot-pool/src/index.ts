export { findBrowser, locateBrowser } from './chrome-for-testing.js';
export type { BrowserSearch, FoundBrowser, SearchEvent } from './chrome-for-testing.js';
export { connectDevtools } from './devtools/devtools-connection.js';
export type { ConnectOptions, DevtoolsConnection } from './devtools/devtools-connection.js';
export { presentIdentity } from './directory-identity.js';
export { readBrowserVersion } from './devtools/devtools-endpoint.js';
export type { BrowserVersion } from './devtools/devtools-endpoint.js';
export { createOwnSockets } from './devtools/own-sockets.js';
export type { OwnSockets } from './devtools/own-sockets.js';
export { ownerMarkOf } from './process/owner-mark.js';
export type { OwnerMark } from './process/owner-mark.js';
export { PoolError } from './errors.js';
export type { PoolErrorCode } from './errors.js';
export { defaultLimits } from './limits.js';
export type { PoolLimits } from './limits.js';
export type { LostBrowser, WatchOptions } from './lost-browser.js';
export type { ResetReport } from './reset/reset-report.js';
export type { Host, PoolLogEntry, PoolPorts } from './ports.js';
export { defaultResetPolicy } from './slot.js';
export type {
  LaunchCommand,
  LaunchPurpose,
  ResetPolicy,
  SlotFacts,
  SlotSpec,
  Tier,
  WindowBounds,
} from './slot.js';
export type { SpareFacts } from './spare/slot-spare.js';
export type { SpareOptions, SparesState } from './spare/spare-rules.js';
export { createSlotPool } from './slot-pool.js';
export type { SlotPool, SlotPoolOptions } from './slot-pool.js';
export type { LostReason, SlotFault } from './watch/browser-watch.js';
export type { HangCause, HangLimits } from './watch/hang-detector.js';
export type { PageFault } from './watch/page-health.js';
