export { openViewer, type Viewer, type ViewerOptions } from './open-viewer.js';
export type { ViewerPorts } from './ports.js';
export type {
  ApprovalFacts,
  AskFacts,
  ControlFacts,
  EventStep,
  PoolFacts,
  PoolSource,
  SlotFacts,
} from './pool/pool-facts.js';
export type { LeaseOfSlot, Outcome, PoolControl } from './pool/pool-control.js';
export { operatorCredential } from './rights/secrets.js';
export { type DashboardFile, readDashboard } from './server/dashboard-files.js';
