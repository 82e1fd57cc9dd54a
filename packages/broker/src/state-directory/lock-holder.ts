import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { readStat } from '@escarp/child-process';

/** A process that has locked a file. */
export interface LockHolder {
  readonly pid: number;
  /** Whether it was stopped, by SIGSTOP or Ctrl-Z, and frees nothing before it is continued or ends. */
  readonly isStopped: boolean;
}

/**
 * The process that has locked a file for itself alone, as the Linux kernel tells: `/proc/PID/fdinfo/N` lists the locks that
 * are held through a descriptor. Undefined if nobody has, on other systems, and for a process of another user.
 */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const file = await realpath(path).catch(() => path);
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      if (await isLockedBy(pid, descriptor, file)) return { pid: Number(pid), isStopped: isStopped(pid) };
    }
  }
  return undefined;
}

async function isLockedBy(pid: string, descriptor: string, file: string): Promise<boolean> {
  const opened = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined);
  if (opened !== file) return false;
  const facts = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
  return /^lock:.*\bWRITE\b/m.test(facts);
}

function isStopped(pid: string): boolean {
  const state = readStat(`/proc/${pid}/stat`)?.[0] ?? '';
  return /^[Tt]/.test(state);
}
