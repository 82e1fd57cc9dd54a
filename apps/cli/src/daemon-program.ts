import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Path of the daemon's program, as its package names it. */
export function daemonProgram(): string {
  const manifest = require.resolve('@escarp/daemon/package.json');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the daemon's package is of the same version.
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['escarp-daemon'] ?? '');
}
