import type { ProcessEntry, ProcessRow } from './process-entry.js';
import { runCommand } from './run-command.js';

export type DarwinRow = ProcessRow & ProcessEntry;

const columns = 'pid=,ppid=,pgid=,stat=,lstart=,command=';
const timeoutMs = 5_000;

/** Every process, as `ps` lists them, which is what macOS offers without native code. */
export function darwinRows(): Promise<DarwinRow[]> {
  return rowsOf('-axww');
}

/** The same, with the environment of this user's processes at the end of their command lines. */
export function darwinRowsAndEnvironments(): Promise<DarwinRow[]> {
  return rowsOf('-axwwE');
}

/** The process that has this pid now, if one does. */
export async function darwinRow(pid: number): Promise<DarwinRow | undefined> {
  return (await rowsOf('-ww', '-p', String(pid)))[0];
}

// ps exits with 1 if no process has the pid; an empty table says the same.
async function rowsOf(...options: string[]): Promise<DarwinRow[]> {
  const words = [...options, '-o', columns];
  const { stdout } = await runCommand('/bin/ps', words, { timeoutMs, env: { LC_ALL: 'C' } });
  return parseRows(stdout);
}

/** Rows such as `12 1 12 S Mon Jan  5 10:00:00 2026 /bin/sh -c true`. Zombies are left out. */
export function parseRows(text: string): DarwinRow[] {
  return text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, , , , state = '']) => !state.startsWith('Z'))
    .map(([, pid, parentPid, groupId, state = '', startedAt = '', commandLine = '']) => ({
      pid: Number(pid),
      parentPid: Number(parentPid),
      sessionId: Number(groupId),
      startedAt: startedAt.replaceAll(/\s+/g, ' '),
      isStopped: state.startsWith('T'),
      commandLine: commandLine.trim(),
    }));
}
