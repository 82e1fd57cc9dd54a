import type { ProcessStamp } from './process-entry.js';
import { processTable } from './process-table.js';

/**
 * Sends `signal` only if the pid still names that very process. Between the look and the signal nothing else of ours
 * runs, and a pid is given to another only when all others have been; the kernel's own handle on a process, the pidfd,
 * cannot be had from Node.
 */
export async function signalProcess(
  stamp: ProcessStamp,
  signal: NodeJS.Signals,
  platform: NodeJS.Platform,
): Promise<void> {
  if (!(await isRunning(stamp, platform))) return;
  try {
    process.kill(stamp.pid, signal);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
}

/** Whether that very process still runs. */
export async function isRunning(
  { pid, startedAt }: ProcessStamp,
  platform: NodeJS.Platform,
): Promise<boolean> {
  return (await processTable(platform).state(pid))?.startedAt === startedAt;
}
