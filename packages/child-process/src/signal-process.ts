import { linuxStamp } from './linux-rows.js';
import type { ProcessStamp } from './process-family.js';
import { runCommand } from './run-command.js';

/**
 * Sends `signal` only if the pid still names that very process. Between the look and the signal nothing else of ours
 * runs, and a pid is given to another only when all others have been; the kernel's own handle on a process, the pidfd,
 * cannot be had from Node.
 */
export async function signalProcess(
  { pid, startedAt }: ProcessStamp,
  signal: NodeJS.Signals,
  platform: NodeJS.Platform,
): Promise<void> {
  const current = platform === 'linux' ? linuxStamp(pid)?.startedAt : await darwinStart(pid);
  if (current !== startedAt) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
}

/** Whether that very process still runs. */
export async function isRunning(
  { pid, startedAt }: ProcessStamp,
  platform: NodeJS.Platform,
): Promise<boolean> {
  const current = platform === 'linux' ? linuxStamp(pid)?.startedAt : await darwinStart(pid);
  return current === startedAt;
}

async function darwinStart(pid: number): Promise<string | undefined> {
  const { stdout } = await runCommand('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    timeoutMs: 5_000,
    env: { LC_ALL: 'C' },
  });
  const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(stdout) ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : startedAt?.replaceAll(/\s+/g, ' ');
}
