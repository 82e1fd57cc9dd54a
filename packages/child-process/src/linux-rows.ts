import { allPids, readProcFile } from './proc-file.js';
import type { FamilyRow, ProcessStamp } from './process-family.js';

/**
 * The whole table of /proc. It is read synchronously, because the kernel answers from memory, and ten times as slowly
 * through the thread pool.
 */
export function linuxRows(mark: string): FamilyRow[] {
  return allPids().flatMap((pid) => {
    const row = statOf(pid);
    return row === undefined ? [] : [{ ...row, isMarked: environment(pid).includes(mark) }];
  });
}

/** The process that has this pid now, if one does. */
export function linuxStamp(pid: number): ProcessStamp | undefined {
  return statOf(pid);
}

/** Empty where it cannot be read, as of a process that ends. */
export function linuxCommandLine(pid: number): string {
  return (readProcFile(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

// Another user's is closed to us. Chrome's children write their titles over theirs, so they are known by their parents.
function environment(pid: number): string[] {
  return (readProcFile(`/proc/${pid}/environ`) ?? '').split('\0');
}

// The command in stat is in parentheses and may itself hold spaces and parentheses, so fields count from the last one.
function statOf(pid: number) {
  const stat = readProcFile(`/proc/${pid}/stat`) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  const startedAt = fields[19];
  const threads = Number(fields[17]);
  // A process whose first thread has ended shows as a zombie while its other threads still hold its ports.
  if (startedAt === undefined || ('ZXx'.includes(state) && threads <= 1)) return undefined;
  return {
    pid,
    startedAt,
    isStopped: state === 'T' || state === 't',
    parentPid: Number(fields[1]),
    sessionId: Number(fields[3]),
  };
}
