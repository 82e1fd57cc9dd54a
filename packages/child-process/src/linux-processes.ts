import type { ProcessEntry, ProcessRow } from './process-entry.js';
import { allPids, readProcFile, readStat } from './proc-file.js';

// Everything is read synchronously, because the kernel answers from memory, and ten times as slowly through the thread
// pool.

/** Every process. */
export function linuxRows(): ProcessRow[] {
  return allPids()
    .map(linuxRow)
    .filter((row) => row !== undefined);
}

/** The process that has this pid now, if one does. */
export function linuxRow(pid: number): ProcessRow | undefined {
  const fields = readStat(`/proc/${pid}/stat`) ?? [];
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

/** The same with its arguments, which are empty while it ends. */
export function linuxEntry(pid: number): ProcessEntry | undefined {
  const row = linuxRow(pid);
  return row && withCommandLine(row);
}

export function withCommandLine<Row extends ProcessRow>(row: Row): Row & ProcessEntry {
  const text = readProcFile(`/proc/${row.pid}/cmdline`) ?? '';
  return { ...row, commandLine: text.replaceAll('\0', ' ').trim() };
}

/** As `NAME=value`. That of another user's process is closed to us, and reads as empty. */
export function environmentOf(pid: number): string[] {
  return (readProcFile(`/proc/${pid}/environ`) ?? '').split('\0');
}
