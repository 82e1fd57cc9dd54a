// oxlint-disable-next-line no-restricted-imports -- /dev/null is opened for reading, to have a descriptor in reserve.
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

let spare: number | undefined;

/**
 * The text of a file in /proc; undefined if it does not exist or we may not read it. A descriptor is kept in reserve for
 * this, because without one every process would seem to have ended.
 *
 * @throws The system's error if the machine is short of descriptors or memory: `EMFILE`, `ENFILE` or `ENOMEM`.
 */
export function readProcFile(path: string): string | undefined {
  try {
    return withSpare(() => readFileSync(path, 'utf8'));
  } catch (error) {
    if (isShortage(error)) throw error;
    return undefined;
  }
}

/**
 * The fields of the `stat` of a process or one of its threads, from its state on: the third of the manual page proc(5) is
 * the first here. The command before them is in parentheses and may itself hold spaces and parentheses. Undefined if it
 * cannot be read.
 *
 * @throws The system's error if the machine is short of descriptors or memory, as `readProcFile` does.
 */
export function readStat(path: string): string[] | undefined {
  const stat = readProcFile(path);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * The pids of all processes.
 *
 * @throws The system's error if /proc cannot be listed.
 */
export function allPids(): number[] {
  return withSpare(() => readdirSync('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function withSpare<Result>(read: () => Result): Result {
  spare ??= openSpare();
  try {
    return read();
  } catch (error) {
    if (!isShortage(error) || spare === undefined) throw error;
    closeSync(spare);
    try {
      return read();
    } finally {
      spare = openSpare();
    }
  }
}

function openSpare(): number | undefined {
  try {
    return openSync('/dev/null', 'r');
  } catch {
    return undefined;
  }
}

function isShortage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM';
}
