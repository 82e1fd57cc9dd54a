import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessEntry, ProcessRow } from './process-entry.js';
import { allPids, readProcFile, readStat } from './proc-file.js';

/** `PF_KTHREAD` of the kernel's flags of a process. */
const kernelThread = 0x00_20_00_00;

// Everything is read synchronously, because the kernel answers from memory, and ten times as slowly through the thread
// pool.

/** Every process. */
export function linuxRows(): ProcessRow[] {
  const pids = allPids();
  // Listed after the others: what is a thread now was one, or has ended.
  const threads = kernelThreads();
  return pids
    .filter((pid) => !threads.has(pid))
    .map(linuxRow)
    .filter((row) => row !== undefined);
}

/**
 * The children of the kernel's thread 2, from one file, so that theirs need not be read to tell what they are. Empty in a
 * container, which does not show them, and where the kernel lists no children.
 */
function kernelThreads(): Set<number> {
  const children = isKernelThread(readStat('/proc/2/stat')) ? readProcFile('/proc/2/task/2/children') : '';
  return new Set(children?.split(' ').filter(Boolean).map(Number));
}

function isKernelThread(stat: readonly string[] = []): boolean {
  return (Number(stat[6]) & kernelThread) !== 0;
}

/**
 * The process that has this pid now, if one does. Threads of the kernel, which are often most of what is listed, run no
 * program and are none.
 */
export function linuxRow(pid: number): ProcessRow | undefined {
  const fields = readStat(`/proc/${pid}/stat`) ?? [];
  const [state = ''] = fields;
  if (isKernelThread(fields)) return undefined;
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

/** The same with its arguments, which are empty while it ends. */
export function linuxEntry(pid: number): ProcessEntry | undefined {
  const row = linuxRow(pid);
  return row && withCommandLine(row);
}

export function withCommandLine<Row extends ProcessRow>(row: Row): Row & ProcessEntry {
  const text = readProcFile(`/proc/${row.pid}/cmdline`) ?? '';
  return { ...row, commandLine: text.replaceAll('\0', ' ').trim() };
}

/**
 * Whether the process was started with this `NAME=value` in its environment. That of another user's process is closed to us,
 * and reads as empty.
 */
export async function wasStartedWith(variable: string, { pid }: ProcessRow): Promise<boolean> {
  const path = `/proc/${pid}/environ`;
  let text = readProcFile(path);
  for (let waitedMs = 0; text === '' && waitedMs < execveMs; waitedMs += 1) {
    const isBetween = isBetweenPrograms(pid);
    if (isBetween) await pause(1);
    // Once it has arguments it has its environment as well.
    text = readProcFile(path);
    if (!isBetween) break;
  }
  return text !== undefined && `\0${text}\0`.includes(`\0${variable}\0`);
}

/** Far more than the kernel takes to put one program in the place of another. */
const execveMs = 50;

/**
 * In the middle of execve a process has neither environment nor arguments: seen in one look out of six at a process that
 * does nothing else.
 */
function isBetweenPrograms(pid: number): boolean {
  return readProcFile(`/proc/${pid}/cmdline`) === '';
}
