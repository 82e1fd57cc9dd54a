import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flushed, ignoresHangups, workingDirectory } from '@escarp/child-process/own-process';
import { main } from './main.js';

// If nobody reads the output any more, there is nothing to say, and no reason to end.
process.stderr.on('error', () => {});

const readerIsGone = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
let outputError: Error | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (!readerIsGone.has(error.code ?? '')) outputError ??= error;
});

// The process's own facts are read only here; everything below receives them.
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

const cwd = workingDirectory();
const userHome = isAbsolute(homedir()) ? homedir() : join(cwd ?? '/', homedir());

// A promise alone does not keep Node running, and some commands have nothing to do but wait for a signal.
setInterval(() => {}, 2 ** 31 - 1);

const exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  version,
  platform: process.platform,
  uid: process.getuid?.(),
  pid: process.pid,
  userHome,
  defaultHome: join(userHome, '.escarp'),
  ignoresHangups: ignoresHangups(process.env, process.ppid),
  // The system's own short one: a per-user TMPDIR can be too long for a socket's path.
  shortTmp: process.platform === 'win32' ? tmpdir() : '/tmp',
  cwd,
  clocks: {
    wallMs: Date.now,
    // `performance` would also load everything that measures.
    monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
    // The global one starts at once; `node:crypto` first loads everything it has.
    newId: () => crypto.randomUUID(),
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  },
  stdout: process.stdout,
  stderr: process.stderr,
  outputError: () => outputError,
  program: fileURLToPath(new URL('../bin/escarp.js', import.meta.url)),
  // Node never receives SIGPIPE: an error of the stream reports that nobody reads any more.
  onSignal: (signal, listener) =>
    signal === 'SIGPIPE' ? process.stdout.on('error', listener) : process.on(signal, listener),
});

// A finished command ends, even if a browser's watch is still open, but not before all of its output has been read.
await flushed(process.stdout, process.stderr);
process.exit(exitCode);
