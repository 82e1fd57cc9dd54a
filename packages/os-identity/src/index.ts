export { bundleNames, type BundleNames } from './darwin/bundle-names.js';
export type { IdentityDriver, LaunchPreparation, LaunchPurpose } from './driver.js';
export { IdentityError, type IdentityErrorCode } from './errors.js';
export type {
  Bounds,
  Finding,
  FocusState,
  LiveField,
  LiveReading,
  Screenshot,
  SlotBrowser,
  SlotIdentity,
  Verification,
  WindowChange,
} from './identity.js';
export { launchCommand, type LaunchCommand } from './launch-command.js';
export { wmClassOf } from './linux/linux-driver.js';
export type { SlotDisplays } from './linux/slot-screen.js';
export { findDisplaySocket } from './linux/slot-display.js';
export type { SessionEnvironment } from './linux/session-display.js';
export { defaultScreen, type ScreenSize } from './linux/xvnc-process.js';
export { createIdentityDriver, type IdentitySettings } from './platform.js';
export type { CommandResult, IdentityPorts, Run, RunOptions } from './ports.js';
export {
  formatSelftest,
  selftestIdentity,
  type SelftestBrowser,
  type SelftestCheck,
  type SelftestPorts,
} from './selftest.js';
