import { createRequire } from 'node:module';
import { packageProgram } from '@escarp/child-process';

const require = createRequire(import.meta.url);

/**
 * Node's options for a program that serves. Most of what it allocates is garbage at once, and a daemon keeps about 15
 * MB. Without a limit, V8 lets four times as much pile up before it collects, because that depends on how large the
 * heap may become: 10,000 waiting callers take about half of this.
 */
export const heapOptions = ['--max-semi-space-size=1', '--max-old-space-size=256'];

/** Path of the daemon's program, as declared by its package. */
export function daemonProgram(): string {
  return packageProgram(require.resolve('@escarp/daemon/package.json'), 'escarp-daemon');
}

/** Path of the viewer's program. */
export function viewerProgram(): string {
  return packageProgram(require.resolve('@escarp/viewer/package.json'), 'escarp-viewer');
}
