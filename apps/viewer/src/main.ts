import { homedir } from 'node:os';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { closeInheritedDescriptors } from '@escarp/child-process';
import { flushed, ignoresHangups, workingDirectory } from '@escarp/child-process/own-process';
import { runViewer } from './run-viewer.js';

// Only here are the process's own facts read; everything below is handed them.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is this package's own.
const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const cwd = workingDirectory();
const userHome = isAbsolute(homedir()) ? homedir() : join(cwd ?? '/', homedir());
const interruption = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) process.on(event, () => interruption.abort());
const isHangupIgnored = ignoresHangups(process.env, process.ppid);
// Without a listener Node would end.
process.on('SIGHUP', () => isHangupIgnored || interruption.abort());
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
closeInheritedDescriptors(process.platform);

const exitCode = await runViewer({
  version,
  environment: process.env,
  cwd,
  userHome,
  uid: process.getuid?.(),
  pid: process.pid,
  clocks: {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    newId: () => crypto.randomUUID(),
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  },
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interruption.signal,
});

await flushed(process.stdout, process.stderr);
process.exit(exitCode);
