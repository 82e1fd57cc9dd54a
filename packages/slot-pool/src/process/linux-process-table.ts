import { readdir, readFile } from 'node:fs/promises';
import type { ProcessEntry, ProcessTable } from './process-table.js';

/** The process table of /proc. */
export function linuxProcessTable(): ProcessTable {
  return { find, list, memoryBytes };
}

async function find(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return parseEntry(pid, stat, commandLine);
  } catch {
    return undefined;
  }
}

async function list(): Promise<ProcessEntry[]> {
  const names = await readdir('/proc');
  const entries = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => find(Number(name))),
  );
  return entries.filter((entry) => entry !== undefined);
}

async function memoryBytes(pid: number): Promise<number | undefined> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

// The command in stat is in parentheses and may itself hold spaces and parentheses, so fields count from the last one.
function parseEntry(pid: number, stat: string, commandLine: string): ProcessEntry | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid] = fields;
  const threads = Number(fields[17]);
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined) return undefined;
  // A process whose first thread has ended shows as a zombie while its other threads still hold its ports.
  if ('ZXx'.includes(state) && threads <= 1) return undefined;
  return {
    pid,
    parentPid: Number(parentPid),
    startedAt: startTicks,
    isStopped: state === 'T' || state === 't',
    commandLine: commandLine.replaceAll('\0', ' ').trim(),
  };
}
