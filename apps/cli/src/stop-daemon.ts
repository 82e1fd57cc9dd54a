import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { isDirectoryClaimed, readDaemonFile, stateDirectory, takeKernelLock } from '@escarp/broker/home';
import { OperationError } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { daemonClient, findDaemonUrl } from './find-daemon.js';

const everyMs = 25;

/** Ends the daemon of this state directory and waits for its end. False if none was running. */
export async function stopDaemon(
  cli: Cli,
  { graceS, force }: { graceS: number; force: boolean },
): Promise<boolean> {
  const file = await readDaemonFile(stateDirectory(cli.settings.home).daemon);
  if (file === undefined || !(await isRunning(cli))) return false;
  process.kill(file.pid, 'SIGTERM');
  if (await endsWithin(cli, graceS)) return true;
  if (!force) {
    throw new OperationError('pool_error', {
      message: `The daemon (pid ${file.pid}) did not end within ${graceS} s.`,
      hint: 'Give it more time with --grace, or end it with --force.',
    });
  }
  process.kill(file.pid, 'SIGKILL');
  await endsWithin(cli, graceS);
  return true;
}

/**
 * The daemon holds a kernel lock while it lives, which proves that the pid in its file is still its own: a pid alone
 * could by now be somebody else's.
 */
async function isRunning({ settings, shortTmp }: Cli): Promise<boolean> {
  if (await isDirectoryClaimed(settings.home, shortTmp)) return true;
  const lock = await takeKernelLock(join(stateDirectory(settings.home).locks, 'daemon.lock')).catch(
    () => undefined,
  );
  await lock?.release();
  return lock === undefined;
}

async function endsWithin(cli: Cli, seconds: number): Promise<boolean> {
  const until = cli.clocks.monotonicMs() + seconds * 1_000;
  while (await isRunning(cli)) {
    if (cli.clocks.monotonicMs() >= until) return false;
    await pause(everyMs);
  }
  return true;
}

/** Nobody's browser is taken away without saying so. */
export async function refuseWhileLeased(cli: Cli): Promise<void> {
  if ((await findDaemonUrl(cli)) === undefined) return;
  const { slots } = await (await daemonClient(cli)).status();
  const holders = slots
    .filter(({ holder }) => holder !== null)
    .map(({ slot, holder }) => `${slot} (${holder})`);
  if (holders.length === 0) return;
  throw new OperationError('slot_leased', {
    message: `These slots are leased: ${holders.join(', ')}.`,
    hint: 'Release them first, or say --force to take them away.',
  });
}
