import { readdir, readlink, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { isDirectoryClaimed, isKernelLockHeld, readDaemonFile, stateDirectory } from '@escarp/broker/home';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { unresponsive } from './patient-fetch.js';

const everyMs = 25;

/**
 * Ends the daemon of this state directory and waits for its end. False if none was running. Throws
 * `daemon_unresponsive` if one is running and it cannot be determined which process it is.
 */
export async function stopDaemon(
  cli: Cli,
  { graceS, force }: { graceS: number; force: boolean },
): Promise<boolean> {
  if (!(await isRunning(cli))) return false;
  const pid = await daemonPid(cli, graceS);
  if (pid === undefined) return true;
  process.kill(pid, 'SIGTERM');
  if (await endsWithin(cli, graceS)) return true;
  if (!force) {
    throw new OperationError('daemon_unresponsive', {
      message: `The daemon (pid ${pid}) did not end within ${graceS} s.`,
      hint: 'Give it more time with --grace, or end it with --force.',
    });
  }
  process.kill(pid, 'SIGKILL');
  if (await endsWithin(cli, graceS)) return true;
  throw unresponsive(`the daemon (pid ${pid}), even after SIGKILL,`);
}

/** The kernel frees the locks when their holder ends, and not before. */
async function isRunning({ settings, shortTmp }: Cli): Promise<boolean> {
  return (await isDirectoryClaimed(settings.home, shortTmp)) || isKernelLockHeld(lockOf(settings.home));
}

const lockOf = (home: string): string => join(stateDirectory(home).locks, 'daemon.lock');

/** The process that has the lock; undefined if it has ended in the meantime. A starting daemon soon says who it is. */
async function daemonPid(cli: Cli, graceS: number): Promise<number | undefined> {
  const { daemon, home } = stateDirectory(cli.settings.home);
  const until = cli.clocks.monotonicMs() + graceS * 1_000;
  for (;;) {
    const pid = (await readDaemonFile(daemon))?.pid;
    if (pid !== undefined && (await hasOpen(pid, lockOf(home), cli.platform))) return pid;
    if (!(await isRunning(cli))) return undefined;
    if (cli.clocks.monotonicMs() >= until)
      throw unresponsive(`the daemon of ${home}, which has not said its pid,`);
    await pause(everyMs, undefined, { signal: cli.interrupted });
  }
}

/**
 * Whether this process has the file open. The pid in a file that a killed daemon left may belong to anybody by now,
 * while a new daemon has the lock and has not yet said who it is. Only Linux can tell; elsewhere the pid is trusted.
 */
async function hasOpen(pid: number, path: string, platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const target = await realpath(path).catch(() => path);
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const open = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return open.includes(target);
}

async function endsWithin(cli: Cli, seconds: number): Promise<boolean> {
  const until = cli.clocks.monotonicMs() + seconds * 1_000;
  while (await isRunning(cli)) {
    if (cli.clocks.monotonicMs() >= until) return false;
    await pause(everyMs);
  }
  return true;
}
