import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** No event tells that a process has ended which is not a child of ours. */
const everyMs = 10;

/**
 * Ends what a test has started in a folder of its own, of which nothing is read afterwards. `down` is `escarp down --force`,
 * and takes a processor for half a second, with what the browsers do when they are asked to end. So it is used in long form
 * (`ESCARP_LONG=1`), and where the environment of processes cannot be read; otherwise they are killed.
 */
export async function endPool(
  folder: string,
  down: () => Promise<{ readonly exitCode: number | null; readonly stderr: string }>,
): Promise<void> {
  if (process.env['ESCARP_LONG'] !== '1' && process.platform === 'linux') return killAllNaming(folder);
  const { exitCode, stderr } = await down();
  if (exitCode !== 0) throw new Error(`escarp down: ${stderr}`);
}

/** Until there is none: one may have been starting another at that moment. */
async function killAllNaming(folder: string): Promise<void> {
  for (;;) {
    const found = processesNaming(folder);
    if (found.length === 0) return;
    for (const { pid, program } of found) end(pid, program);
    while (found.some(({ pid, words }) => wordsOf(pid) === words)) await pause(everyMs);
  }
}

interface Found {
  readonly pid: number;
  readonly program: string;
  readonly words: string;
}

/** Processes with this path in their arguments or their environment. Those that have ended have neither. */
function processesNaming(path: string): Found[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.flatMap((pid) => {
    const words = wordsOf(pid);
    // Neither have the kernel's own.
    if (words === '') return [];
    if (!words.includes(path) && !readOrEmpty(`/proc/${pid}/environ`).includes(path)) return [];
    return [{ pid, words, program: words.split('\0')[0]?.split('/').at(-1) ?? '' }];
  });
}

const wordsOf = (pid: number): string => readOrEmpty(`/proc/${pid}/cmdline`);

/** A process may end while it is looked at. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** A display server that is killed leaves the files of its display, which are in no folder of ours. It may be stopped. */
function end(pid: number, program: string): void {
  try {
    process.kill(pid, program.startsWith('X') ? 'SIGTERM' : 'SIGKILL');
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended since.
  }
}
