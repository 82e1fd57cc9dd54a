import { createRequire } from 'node:module';
import { packageProgram, shellExitCode, startProcess } from '@escarp/child-process';

// A client that starts servers by the name of a package gets `escarp mcp`, with the options that it gave.
const manifest = createRequire(import.meta.url).resolve('escarp/package.json');
const words = [packageProgram(manifest, 'escarp'), 'mcp', ...process.argv.slice(2)];
const child = await startProcess(process.execPath, words, {
  stdio: 'inherit',
  cwd: process.cwd(),
  env: process.env,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
process.exitCode = shellExitCode(await child.exited);
