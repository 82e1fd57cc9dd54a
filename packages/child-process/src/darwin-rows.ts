import type { FamilyMember, FamilyRow } from './process-family.js';
import { runCommand } from './run-command.js';

export type DarwinRow = FamilyRow & FamilyMember;

const columns = 'pid=,ppid=,pgid=,stat=,lstart=,command=';
const timeoutMs = 5_000;

/** The table of `ps`, which with -E appends the environment of this user's processes to their command lines. */
export async function darwinRows(mark: string): Promise<DarwinRow[]> {
  const { stdout } = await runCommand('/bin/ps', ['-axwwE', '-o', columns], {
    timeoutMs,
    env: { LC_ALL: 'C' },
  });
  return parseRows(stdout, mark);
}

/** Rows such as `12 1 12 S Mon Jan  5 10:00:00 2026 /bin/sh -c true HOME=/Users/me`. */
export function parseRows(text: string, mark: string): DarwinRow[] {
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
      isMarked: ` ${commandLine.trim()} `.includes(` ${mark} `),
    }));
}
