import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Options of Node for a program that serves. What it allocates is mostly dead at once, and a daemon keeps about 15 MB.
 * Without bounds V8 lets four times as much pile up before it looks, as it goes by how much a heap may grow to: 10,000
 * callers in line take about half of this.
 */
export const heapOptions = ['--max-semi-space-size=1', '--max-old-space-size=256'];

/** Path of the daemon's program, as its package names it. */
export function daemonProgram(): string {
  return programOf(require.resolve('@escarp/daemon/package.json'), 'escarp-daemon');
}

/** Path of the viewer's program. */
export function viewerProgram(): string {
  return programOf(require.resolve('@escarp/viewer/package.json'), 'escarp-viewer');
}

function programOf(manifest: string, program: string): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is one of ours and of the same version.
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin[program] ?? '');
}
