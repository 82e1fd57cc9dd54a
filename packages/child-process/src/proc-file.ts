// oxlint-disable-next-line no-restricted-imports -- /dev/null is opened for reading, to have a descriptor in reserve.
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

let spare: number | undefined;

/**
 * Reads a file of /proc, or undefined where there is none, or none for us. It keeps a descriptor in reserve: with none
 * left every process would look as if it had ended.
 */
export function readProcFile(path: string): string | undefined {
  try {
    return withSpare(() => readFileSync(path, 'utf8'));
  } catch (error) {
    if (isShortage(error)) throw error;
    return undefined;
  }
}

/** The pids of all processes. */
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
