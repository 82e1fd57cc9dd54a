import { readFile, readlink, stat as statusOf } from 'node:fs/promises';
import { processTable } from '@escarp/child-process';

/** Names one run of one process: a pid alone is handed to the next process once this one is gone. */
export type ProcessStamp = {
  pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks from boot to the process's start. */
  startTicks: number;
  /** The kernel's id of this boot, because ticks start again with the next. */
  bootId: string;
};

export type RunningProcess = {
  stamp: ProcessStamp;
  /** The user that it runs as: the owner of /proc/PID. */
  uid: number;
  /** The program file that it runs; null where that is another user's, or while it ends. */
  executable: string | null;
  /** Its arguments, the command's own name first; empty while it ends. Any program may write here what it likes. */
  commandLine: string[];
};

/** The process as /proc shows it now; null when there is none, or only a zombie that nobody waited for. */
export async function readRunningProcess(pid: number): Promise<RunningProcess | null> {
  try {
    const [state, { uid }, executable, commandLine, bootId] = await Promise.all([
      processTable('linux').state(pid),
      statusOf(`/proc/${pid}`),
      readlink(`/proc/${pid}/exe`).catch(() => null),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    if (state === undefined) return null;
    const stamp = { pid, startTicks: Number(state.startedAt), bootId: bootId.trim() };
    return { stamp, uid, executable, commandLine: commandLine.split('\0').slice(0, -1) };
  } catch {
    return null;
  }
}

export function sameProcess(a: ProcessStamp, b: ProcessStamp): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks && a.bootId === b.bootId;
}
