import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type NamingProcess, processesNaming, wordsOf } from './processes-naming.js';

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
    const found = processesNaming(folder, { inEnvironment: true });
    if (found.length === 0) return;
    for (const one of found) end(one);
    while (found.some(({ pid, words }) => wordsOf(pid) === words)) await pause(everyMs);
  }
}

/** A display server that is killed leaves the files of its display, which are in no folder of ours. It may be stopped. */
function end({ pid, words }: NamingProcess): void {
  const [program = ''] = words.split('\0');
  try {
    process.kill(pid, basename(program).startsWith('X') ? 'SIGTERM' : 'SIGKILL');
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended since.
  }
}
