import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Path of the program that takes screenshots, as its package names it. */
export function recorderProgram(): string {
  const manifest = require.resolve('@escarp/viewer/package.json');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package is one of ours and of the same version.
  const { bin } = require(manifest) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['escarp-recorder'] ?? '');
}
