import { execFile } from 'node:child_process';
import type { ProcessEntry, ProcessTable } from './process-table.js';

const columns = 'pid=,stat=,lstart=,command=';

/** The process table of `ps`, which is what macOS offers without native code. */
export function darwinProcessTable(): ProcessTable {
  return {
    isQuick: false,
    state: find,
    find,
    list: async (mark = '') =>
      parseTable(await ps(['-axww', '-o', columns])).filter(({ commandLine }) => commandLine.includes(mark)),
    memoryBytes: residentBytes,
  };
}

async function find(pid: number): Promise<ProcessEntry | undefined> {
  return parseTable(await ps(['-ww', '-o', columns, '-p', String(pid)]))[0];
}

/** The rows of `ps -o pid=,stat=,lstart=,command=`; lstart is five words such as `Mon Jan  5 10:00:00 2026`. */
export function parseTable(text: string): ProcessEntry[] {
  return text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([, pid, state, startedAt, commandLine]) => ({
      pid: Number(pid),
      startedAt: (startedAt ?? '').replaceAll(/\s+/g, ' '),
      isStopped: (state ?? '').startsWith('T'),
      commandLine: (commandLine ?? '').trim(),
    }));
}

async function residentBytes(pid: number): Promise<number | undefined> {
  const kilobytes = Number((await ps(['-o', 'rss=', '-p', String(pid)])).trim());
  return Number.isFinite(kilobytes) && kilobytes > 0 ? kilobytes * 1024 : undefined;
}

// ps exits 1 when the pid does not exist; an empty table says the same.
function ps(arguments_: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'ps',
      arguments_,
      { maxBuffer: 16_000_000, timeout: 5_000, env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' } },
      (_, stdout) => {
        resolve(stdout);
      },
    );
  });
}
