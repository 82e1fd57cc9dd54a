import { darwinRow, darwinRows } from './darwin-processes.js';
import { linuxEntry, linuxRow, linuxRows, withCommandLine } from './linux-processes.js';
import type { ProcessEntry, ProcessState } from './process-entry.js';

/**
 * The operating system's process table. Never signals. Every call rejects with the system's error if the machine is short
 * of descriptors or memory (`EMFILE`, `ENFILE`, `ENOMEM`): that a process cannot be seen is no sign that it has ended.
 */
export interface ProcessTable {
  readonly platform: NodeJS.Platform;
  /** Whether `state` takes microseconds, so that it can be asked often. */
  readonly isQuick: boolean;
  /** Undefined if no process has this pid, or only a zombie. */
  readonly state: (pid: number) => Promise<ProcessState | undefined>;
  /** The same with its arguments. */
  readonly find: (pid: number) => Promise<ProcessEntry | undefined>;
  /** Every process, threads of the kernel not among them. Takes a few milliseconds. */
  readonly list: () => Promise<ProcessEntry[]>;
}

/** The table of `/proc` on Linux, and elsewhere that of `ps`. */
export function processTable(platform: NodeJS.Platform): ProcessTable {
  if (platform !== 'linux') {
    return { platform, isQuick: false, state: darwinRow, find: darwinRow, list: darwinRows };
  }
  return {
    platform,
    isQuick: true,
    state: async (pid) => linuxRow(pid),
    find: async (pid) => linuxEntry(pid),
    list: async () => linuxRows().map(withCommandLine),
  };
}
