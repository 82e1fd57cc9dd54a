import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Ends every process that has `mark` in its arguments or its environment, and returns them. Only processes of ours
 * can: the mark is the name of a folder made for this run.
 */
export function endLeftovers(mark) {
  const found = leftovers(mark);
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself since.
    }
  }
  return found;
}

/** What has been told to end may take a moment to: gives it up to `graceMs` to be gone by itself. */
export async function untilGone(mark, graceMs) {
  for (let left = graceMs; left > 0 && leftovers(mark).length > 0; left -= stepMs) await pause(stepMs);
}

const stepMs = 100;

function leftovers(mark) {
  return processes().filter(
    ({ pid, line, environment }) => pid !== process.pid && (line + environment).includes(mark),
  );
}

function processes() {
  return process.platform === 'linux' ? linuxProcesses() : psProcesses();
}

function linuxProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      line: readOrEmpty(`/proc/${name}/cmdline`).replaceAll('\0', ' '),
      environment: readOrEmpty(`/proc/${name}/environ`),
    }));
}

// A process may end while it is looked at, and another user's is closed to us.
function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function psProcesses() {
  const { stdout } = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((text) => {
    const [, pid, line] = /^\s*(\d+)\s+(.*)$/.exec(text) ?? [];
    return pid ? [{ pid: Number(pid), line, environment: '' }] : [];
  });
}
