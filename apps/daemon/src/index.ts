export { type Daemon, type DaemonOptions, startDaemon } from './daemon.js';
export { keepServing, type KeepServingOptions } from './keep-serving.js';
