import { readdirSync } from 'node:fs';
import { readProcFile, readStat } from '@escarp/child-process';
import type { MainThread } from './hang-detector.js';

/** What the operating system shows about a browser's threads; undefined where it does not tell. */
export interface BrowserEvidence {
  readonly mainThread: (pid: number) => MainThread | undefined;
  readonly isAnyThreadRunnable: (pid: number) => boolean;
  readonly ioStallMs: () => number | undefined;
  /** Changes whenever a client uses the browser's DevTools, and at no other time. Costs microseconds. */
  readonly devtoolsUse: (pid: number) => string | undefined;
}

/** For a system on which looking at threads is expensive. */
export const noEvidence: BrowserEvidence = {
  mainThread: () => undefined,
  isAnyThreadRunnable: () => false,
  ioStallMs: () => undefined,
  devtoolsUse: () => undefined,
};

/** Reads /proc, synchronously, because the kernel answers from memory. */
export function linuxEvidence(): BrowserEvidence {
  const devtoolsThreads = new Map<number, string>();
  return {
    mainThread: readMainThread,
    isAnyThreadRunnable: (pid) =>
      threadsOf(pid).some((thread) => readStat(`/proc/${pid}/task/${thread}/stat`)?.[0] === 'R'),
    ioStallMs: readIoStall,
    devtoolsUse(pid) {
      const path = devtoolsThreads.get(pid) ?? devtoolsThread(pid);
      if (path === undefined) return undefined;
      devtoolsThreads.set(pid, path);
      const use = readProcFile(path);
      if (use === undefined) devtoolsThreads.delete(pid);
      // How often the thread was given a processor; its run time continues to grow for a moment after an answer was
      // sent.
      return use?.trim().split(' ')[2];
    },
  };
}

// The process's own stat shows the state of its first thread, but the consumption of all threads.
function readMainThread(pid: number): MainThread | undefined {
  const fields = readStat(`/proc/${pid}/task/${pid}/stat`);
  const schedule = readProcFile(`/proc/${pid}/task/${pid}/schedstat`);
  if (fields === undefined || schedule === undefined) return undefined;
  const [usedNs = 0, waitedNs = 0] = schedule.split(' ').map(Number);
  return {
    state: fields[0] ?? '',
    usedMs: usedNs / 1e6,
    waitedMs: waitedNs / 1e6,
    majorFaults: Number(fields[9]),
  };
}

// Chrome reads and writes the sockets of its DevTools clients on a thread of this name, which does nothing else.
function devtoolsThread(pid: number): string | undefined {
  const thread = threadsOf(pid).find(
    (id) => readProcFile(`/proc/${pid}/task/${id}/comm`)?.trim() === 'Chrome_DevTools',
  );
  return thread === undefined ? undefined : `/proc/${pid}/task/${thread}/schedstat`;
}

function readIoStall(): number | undefined {
  const totalUs = /^some .*total=(\d+)$/m.exec(readProcFile('/proc/pressure/io') ?? '')?.[1];
  return totalUs === undefined ? undefined : Number(totalUs) / 1_000;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
