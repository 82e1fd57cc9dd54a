import type { DaemonFile } from '@escarp/broker/home';
import { openStateDirectory, readDaemonFile } from '@escarp/broker/home';
import { OperationError } from '@escarp/transport/client';
import { startInBackground } from './background-program.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { daemonProgram } from './daemon-program.js';

/** Starts the daemon's program in a session of its own, and resolves when it serves. */
export async function startDaemonInBackground(
  cli: Cli,
  daemonArguments: readonly string[],
): Promise<DaemonFile> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  say(cli, 'Starting the daemon');
  const words = ['--json', ...daemonArguments];
  await startInBackground(cli, directory.home, { path: daemonProgram(), words, errors: 'daemon-stderr.log' });
  const file = await readDaemonFile(directory.daemon);
  if (file === undefined) throw new OperationError('daemon_unreachable');
  return file;
}
