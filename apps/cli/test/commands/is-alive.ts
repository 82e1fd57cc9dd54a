import { readFileSync } from 'node:fs';

/** A process that has ended but was not yet collected by its parent, which may be another program's, is not alive. */
export function isAlive(pid: unknown): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
