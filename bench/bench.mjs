// Builds what is out of date, then measures the built programs.
import { fileURLToPath } from 'node:url';
import { bootstrap } from '../scripts/bootstrap.mjs';
import { fail, run, withProgress } from '../scripts/run.mjs';
import { tool } from '../scripts/workspace.mjs';

try {
  await bootstrap({ forTests: true });
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  await withProgress('building the benchmark', () => run(tool('tsup'), [], { cwd }));
} catch (error) {
  fail(error);
}
await import('./dist/index.js');
