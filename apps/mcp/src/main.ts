import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { shellExitCode, startProcess } from '@escarp/child-process';

// A client that starts servers by the name of a package gets `escarp mcp`, with the options that it gave.
const manifest = createRequire(import.meta.url).resolve('escarp/package.json');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is released together with this package.
const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { escarp: string } };
const words = [join(dirname(manifest), bin.escarp), 'mcp', ...process.argv.slice(2)];
const child = await startProcess(process.execPath, words, {
  stdio: 'inherit',
  cwd: process.cwd(),
  env: process.env,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
process.exitCode = shellExitCode(await child.exited);
