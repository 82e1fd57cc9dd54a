import { createRequire } from 'node:module';
import { packageProgram } from '@escarp/child-process';

const require = createRequire(import.meta.url);

/** Path of the program that takes screenshots, as its package names it. */
export function recorderProgram(): string {
  return packageProgram(require.resolve('@escarp/viewer/package.json'), 'escarp-recorder');
}
