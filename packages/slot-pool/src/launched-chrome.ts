import type { OwnSockets } from './devtools/own-sockets.js';
import type { PoolLimits } from './limits.js';
import type { ProcessEntry, ProcessTable } from '@escarp/child-process';

export interface ChromeProcessPorts {
  readonly processes: ProcessTable;
  readonly own: OwnSockets;
  readonly limits: PoolLimits;
}

/** A browser that listens on its port. */
export interface LaunchedChrome {
  readonly entry: ProcessEntry;
  readonly wsUrl: string;
}
