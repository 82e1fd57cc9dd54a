export type { IdentityDriver, LaunchPreparation } from './driver.js';
export { IdentityError, type IdentityErrorCode } from './errors.js';
export { execaRun } from './execa-run.js';
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
export { createLinuxDriver, wmClassOf, type LinuxSettings } from './linux/linux-driver.js';
export type { SessionEnvironment } from './linux/session-display.js';
export { defaultScreen, type ScreenSize } from './linux/xvnc-process.js';
export type { CommandResult, IdentityPorts, Run, RunOptions } from './ports.js';
