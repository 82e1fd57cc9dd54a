export { openViewer, type Viewer, type ViewerOptions } from './open-viewer.js';
export type { ViewerPorts } from './ports.js';
export type { EventStep, PoolFacts, PoolSource, SlotFacts } from './pool/pool-facts.js';
export { daemonConnection } from './pool/daemon-connection.js';
export type { LeaseOfSlot, Outcome, PoolControl } from './pool/pool-control.js';
export { type StripSource, stripsOf } from './pool/strip-source.js';
export { operatorCredential } from './operator.js';
export { type DashboardFile, readDashboard } from './server/dashboard-files.js';
