import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { openAnew } from '@escarp/owned-files';
import { IdentityError } from '../errors.js';
import type { Run } from '../ports.js';
import type { DisplayFiles } from './display-record.js';
import { readRunningProcess, sameProcess, type ProcessStamp, type RunningProcess } from './process-stamp.js';

/** In pixels of the X screen. */
export type ScreenSize = { width: number; height: number };

/** The smallest usual size that holds GTK's file dialog, seen at 1124 by 822 with nothing to keep it on the screen. */
export const defaultScreen: ScreenSize = { width: 1440, height: 900 };

const START_MS = 20_000;
const STOP_MS = 5000;
const POLL_MS = 20;

/**
 * `setsid` gives the server a session of its own, the shell's end leaves it without a parent of ours, and the server
 * writes its display number to descriptor 3 when it is ready and closes it: the command ends at that moment, or when
 * the server gave up. The first line that comes out is the server's pid.
 */
const START_SCRIPT = `
log=$1; shift
setsid "$@" -displayfd 3 3>&1 1>>"$log" 2>&1 </dev/null &
echo $!
`;

/**
 * Starts Xvnc on one display number; null when it does not come up, above all because another server has that number.
 * The cookie must be in its file: a server that finds none lets every local user in.
 */
export async function startXvnc(
  run: Run,
  displayNumber: number,
  files: DisplayFiles,
  screen: ScreenSize,
): Promise<ProcessStamp | null> {
  // Truncated and created with its final mode here: the shell's own redirection would follow the umask.
  await (await openAnew(files.log)).close();
  const command = ['Xvnc', `:${displayNumber}`, ...serverArguments(files, screen)];
  const { stdout } = await run('/bin/sh', ['-c', START_SCRIPT, 'sh', files.log, ...command], {
    timeoutMs: START_MS,
  });
  const [pid, ready] = stdout.split('\n');
  if (Number(ready) !== displayNumber || ready === '') return null;
  return (await ownServer(Number(pid), files))?.stamp ?? null;
}

/** The last lines that the server wrote, for an error message. */
export async function logTail(files: DisplayFiles): Promise<string> {
  const log = await readFile(files.log, 'utf8').catch(() => '');
  return log.trim().split('\n').slice(-4).join(' | ');
}

/**
 * Proof that a process is the display server of this slot: this user's, running Xvnc itself, and given this slot's own
 * socket path. A program that merely carries the path, or Xvnc's name, among its arguments is not.
 */
export async function ownServer(pid: number, files: DisplayFiles): Promise<RunningProcess | null> {
  const running = await readRunningProcess(pid);
  return running !== null && isServerOf(running, files) ? running : null;
}

/** Every server of this slot, also one without a record, as a crash between its start and the record leaves behind. */
export async function ownServers(files: DisplayFiles): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const running = await Promise.all(pids.map((pid) => ownServer(pid, files)));
  return running.filter((found) => found !== null);
}

/** The display number that a server was started with, or null. */
export function numberOf({ commandLine }: RunningProcess): number | null {
  const number = /^:(\d+)$/.exec(commandLine[1] ?? '')?.[1];
  return number === undefined ? null : Number(number);
}

/** Ends a server that is proven to be this slot's, right before each signal. Nothing else is ever signalled. */
export async function stopServer(stamp: ProcessStamp, files: DisplayFiles): Promise<void> {
  if (!(await isOwn(stamp, files))) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await isOwn(stamp, files)) {
      process.kill(stamp.pid, signal);
      // A stopped process takes SIGTERM only once it goes on.
      process.kill(stamp.pid, 'SIGCONT');
    }
    for (let waitedMs = 0; waitedMs < STOP_MS; waitedMs += POLL_MS) {
      if (!(await isThere(stamp))) return;
      await wait(POLL_MS);
    }
  }
  throw new IdentityError('display_foreign', `The display server ${stamp.pid} does not exit.`);
}

async function isOwn(stamp: ProcessStamp, files: DisplayFiles): Promise<boolean> {
  const running = await ownServer(stamp.pid, files);
  return running !== null && sameProcess(running.stamp, stamp);
}

/** Also while it ends, when its command line can no longer be read and its display is still taken. */
async function isThere(stamp: ProcessStamp): Promise<boolean> {
  const running = await readRunningProcess(stamp.pid);
  return running !== null && sameProcess(running.stamp, stamp);
}

function serverArguments(files: DisplayFiles, { width, height }: ScreenSize): string[] {
  const { authority, socket } = files;
  return [
    '-auth',
    authority,
    '-geometry',
    `${width}x${height}`,
    '-depth',
    '24',
    '-SecurityTypes',
    'None',
    '-localhost',
    '-nolisten',
    'tcp',
    '-rfbunixpath',
    socket,
    '-rfbunixmode',
    '0600',
    '-rfbport',
    '-1',
    // The screen must outlive its last window, never go blank, and keep its size whichever viewer connects.
    '-noreset',
    '-s',
    '0',
    '-AcceptSetDesktopSize=0',
  ];
}

function isServerOf({ uid, executable, commandLine }: RunningProcess, files: DisplayFiles): boolean {
  if (uid !== process.getuid?.() || executable === null) return false;
  const at = commandLine.indexOf('-rfbunixpath');
  return isXvnc(executable) && isXvnc(commandLine[0] ?? '') && at > 0 && commandLine[at + 1] === files.socket;
}

/** Debian's `Xvnc` is a link to `Xtigervnc`; others wrap it, and one that was updated since is called "(deleted)". */
function isXvnc(path: string): boolean {
  return /(^|\/)\.?X\w*vnc[^/]*$/.test(path);
}
