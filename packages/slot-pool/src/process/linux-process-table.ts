import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { processFamily, readProcFile } from '@escarp/child-process';
import { ownerMarkOf } from './owner-mark.js';
import type { ProcessEntry, ProcessState, ProcessTable } from './process-table.js';

/**
 * The process table of /proc. It is read synchronously, because the kernel answers from memory: a whole table takes
 * about a millisecond, and ten times as long through the thread pool.
 */
export function linuxProcessTable(): ProcessTable {
  return {
    platform: 'linux',
    isQuick: true,
    state: (pid) => Promise.resolve(readState(pid)),
    find: (pid) => Promise.resolve(readEntry(pid)),
    list: () => Promise.resolve(readTable()),
    family: (mark) => {
      const known = readTable().filter((entry) => isTitledBrowser(entry, mark));
      return processFamily({ platform: 'linux', mark, ownsSession: true, known });
    },
    memoryBytes,
  };
}

/**
 * A browser with a window writes its title over its environment as well (seen with Chromium 156), so the mark is gone. It
 * is known by being a Chrome with this very profile and a launch of ours among its arguments; another program that names
 * them is not.
 */
function isTitledBrowser(entry: ProcessEntry, mark: string): boolean {
  const profile = mark.slice(mark.indexOf('=') + 1);
  const { commandLine, pid } = entry;
  const isOurs =
    ` ${commandLine} `.includes(` --user-data-dir=${profile} `) && ownerMarkOf(entry) !== undefined;
  return isOurs && /chrom/i.test(basename(programOf(pid)));
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

function readTable(): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readEntry(Number(pid))).filter((entry) => entry !== undefined);
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    const state = readState(pid);
    return state && { ...state, commandLine };
  } catch {
    return undefined;
  }
}

function readState(pid: number): ProcessState | undefined {
  try {
    const stat = readProcFile(`/proc/${pid}/stat`);
    return stat === undefined ? undefined : parseState(pid, stat);
  } catch {
    return undefined;
  }
}

// Walking a process's mappings takes milliseconds each, so this one goes through the thread pool.
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
function parseState(pid: number, stat: string): ProcessState | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const threads = Number(fields[17]);
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined) return undefined;
  // A process whose first thread has ended shows as a zombie while its other threads still hold its ports.
  if ('ZXx'.includes(state) && threads <= 1) return undefined;
  return { pid, startedAt: startTicks, isStopped: state === 'T' || state === 't' };
}
