import { readFileSync } from 'node:fs';

/** Set by our launcher script, which sees what Node does away with. */
export const hangupVariable = 'ESCARP_HANGUP';

/**
 * Whether we were started by `nohup`, so that SIGHUP must not end us. Node gives every signal its default action as it
 * starts, whatever its parent had arranged. What tells of it: the launcher script, which looked before Node started; a
 * parent that ignores SIGHUP itself, as the shell or npm below `nohup` does; the `_` that shells set to the program they
 * run; and standard input, for which GNU nohup puts a /dev/null that cannot be read in the place of a terminal.
 */
export function ignoresHangups(
  env: Readonly<Record<string, string | undefined>>,
  parentPid: number,
): boolean {
  if (env[hangupVariable] !== undefined) return env[hangupVariable] === 'ignored';
  return /(^|\/)nohup$/.test(env['_'] ?? '') || parentIgnores(parentPid) || isInputOfNohup();
}

function parentIgnores(parentPid: number): boolean {
  // Init and its like ignore it for reasons of their own.
  if (parentPid <= 1) return false;
  const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readOrEmpty(`/proc/${parentPid}/status`))?.[1];
  return ignored !== undefined && (BigInt(`0x${ignored}`) & 1n) === 1n;
}

function isInputOfNohup(): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(readOrEmpty('/proc/self/fdinfo/0'))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & 0o3) === 1;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
