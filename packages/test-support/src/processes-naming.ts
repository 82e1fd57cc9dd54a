import { readdirSync, readFileSync } from 'node:fs';

/** A process that runs, and its arguments, each with a zero byte after it. */
export interface NamingProcess {
  readonly pid: number;
  readonly words: string;
}

/** Processes with this text in their arguments, or in their environment too. Those that have ended have neither. Linux only. */
export function processesNaming(text: string, { inEnvironment = false } = {}): NamingProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map((name) => ({ pid: Number(name), words: wordsOf(Number(name)) }))
    .filter(({ pid, words }) => {
      // The kernel's own have no arguments.
      if (words === '') return false;
      return words.includes(text) || (inEnvironment && readOrEmpty(`/proc/${pid}/environ`).includes(text));
    });
}

/** The arguments of a process, each with a zero byte after it; empty when it has ended. */
export const wordsOf = (pid: number): string => readOrEmpty(`/proc/${pid}/cmdline`);

/** A process may end while it is looked at. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
