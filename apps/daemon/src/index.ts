export { type Broker, type BrokerOptions, openBroker } from './broker.js';
export type { Clocks } from './clocks.js';
export { createBrowserSlots } from './browser-slots.js';
export { type Daemon, type DaemonOptions, handlersOf, startDaemon } from './daemon.js';
export { type DaemonFile, readDaemonFile } from './daemon-file.js';
export { DaemonError, type DaemonErrorCode } from './errors.js';
export { publicEvent } from './event-log.js';
export { browserOf } from './identities.js';
export { readJournal } from './journal.js';
export { createLog, fileLogWriter, type Log } from './log.js';
export type { Machine } from './machine.js';
export { type PoolFile, readPoolFile, writePoolFile } from './pool-file.js';
export { devPortsOf, freeCdpBase, isPortFree } from './pool-ports.js';
export { readSettings, type LogLevel, type Settings } from './settings.js';
export { SlotLocks } from './slot-locks.js';
export {
  openStateDirectory,
  readOrMakeSecret,
  readSecret,
  stateDirectory,
  type StateDirectory,
} from './state-directory.js';
export { writeFileAtomically } from './atomic-file.js';
