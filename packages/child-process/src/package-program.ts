import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Path of a program of a package, as the `bin` of its manifest names it.
 *
 * @throws Error if the manifest cannot be read, or names no such program.
 */
export function packageProgram(manifestPath: string, program: string): string {
  const manifest: { bin?: Readonly<Record<string, string>> } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const path = manifest.bin?.[program];
  if (path === undefined) throw new Error(`${manifestPath} names no program ${program}.`);
  return join(dirname(manifestPath), path);
}
