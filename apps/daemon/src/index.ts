export * from './home.js';
export { type Broker, type BrokerOptions, openBroker } from './broker.js';
export { createBrowserSlots } from './browser-slots.js';
export { type Daemon, type DaemonOptions, handlersOf, startDaemon } from './daemon.js';
export { publicEvent } from './event-log.js';
export { browserOf } from './identities.js';
export { createLog, fileLogWriter, type Log } from './log.js';
export type { Machine } from './machine.js';
