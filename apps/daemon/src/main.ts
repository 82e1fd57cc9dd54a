import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { closeInheritedDescriptors } from '@escarp/child-process';
import { flushed, ignoresHangups, workingDirectory } from '@escarp/child-process/own-process';
import { runDaemon } from './run-daemon.js';

// Only here are the process's own facts read; everything below is handed them.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is this package's own.
const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const cwd = workingDirectory();
const userHome = isAbsolute(homedir()) ? homedir() : join(cwd ?? '/', homedir());
const interruption = new AbortController();
// Whoever started this daemon in the foreground holds the other end of its channel.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
  process.on(event, () => interruption.abort());
const isHangupIgnored = ignoresHangups(process.env, process.ppid);
// Without a listener Node would end.
process.on('SIGHUP', () => isHangupIgnored || interruption.abort());
// Node is not told of SIGPIPE, but by an error of the stream that nobody reads any more.
process.stdout.on('error', () => interruption.abort());
process.stderr.on('error', () => {});
closeInheritedDescriptors(process.platform);

const exitCode = await runDaemon({
  argv: process.argv.slice(2),
  version,
  cwd,
  userHome,
  machine: {
    platform: process.platform,
    uid: process.getuid?.(),
    pid: process.pid,
    availableMemoryBytes: () => process.availableMemory(),
    environment: process.env,
    // The system's own short one: a per-user TMPDIR can be too long for a socket's path.
    shortTmp: process.platform === 'win32' ? tmpdir() : '/tmp',
    clocks: {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      newId: () => crypto.randomUUID(),
      randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
    },
  },
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interruption.signal,
});

// A daemon that has stopped ends, whatever a browser's watch may have left open; but not before all it said is read.
await flushed(process.stdout, process.stderr);
process.exit(exitCode);
