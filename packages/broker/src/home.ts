/**
 * What a command needs to find its way in a state directory. It loads neither the daemon, nor the registry, nor a
 * validator, because a command that only asks is over sooner than those are loaded.
 */
export type { Clocks } from './clocks.js';
export {
  type DaemonFile,
  readDaemonFile,
  readRunningDaemonFile,
  removeDaemonFile,
  writeDaemonFile,
} from './state-directory/daemon-file.js';
export {
  type DaemonAddress,
  daemonAddressAt,
  findDaemonAddress,
  originOfHome,
} from './state-directory/daemon-address.js';
export { DaemonError, type DaemonErrorCode } from './errors.js';
export {
  isKernelLockHeld,
  isKernelLockShared,
  type KernelLock,
  shareKernelLock,
  takeKernelLock,
  waitForKernelLock,
} from './state-directory/kernel-lock.js';
export { readPrivateFile } from './state-directory/private-file.js';
export { isDirectoryClaimed } from './state-directory/directory-claim.js';
export { isAlive } from './slots/is-alive.js';
export { withAbsolutePaths } from './resolve-paths.js';
export { devPortsOf, freeCdpBase, isPortFree } from './slots/pool-ports.js';
export { daemonSettings, readSettings, type LogLevel, type Settings } from './settings.js';
export type { SlotPorts } from './slots/slot-lock.js';
export { SlotLocks } from './slots/slot-locks.js';
export {
  openStateDirectory,
  readOrMakeSecret,
  readSecret,
  refuseUnfitHome,
  stateDirectory,
  type StateDirectory,
} from './state-directory/state-directory.js';
