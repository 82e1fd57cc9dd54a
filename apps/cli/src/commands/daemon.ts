import { ensurePool } from '@escarp/broker/assembly';
import { openStateDirectory } from '@escarp/broker/home';
import { shellExitCode, startProcess } from '@escarp/child-process';
import { hangupVariable } from '@escarp/child-process/own-process';
import type { Arguments } from '../arguments.js';
import { startDaemonInBackground } from '../background-daemon.js';
import { poolBrowser } from '../browser-search.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonEnvironment } from '../daemon-environment.js';
import { daemonProgram, heapOptions } from '../daemon-program.js';
import { installationOf } from '../installation.js';
import { passSignals } from '../pass-signals.js';
import { tokenArguments } from '../pool-request.js';

export async function daemon(cli: Cli, args: Arguments): Promise<number> {
  const words = daemonArguments(args);
  await prepare(cli);
  if (!args.flag('background')) return serve(cli, words);
  const { url, pid } = await startDaemonInBackground(cli, words);
  printResult(cli, { url, pid }, [`daemon: ${url} (pid ${pid})`]);
  return 0;
}

/**
 * The daemon serves an existing pool; creating a pool and getting a browser, and reporting on it, is up to this
 * command.
 */
async function prepare(cli: Cli): Promise<void> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  await ensurePool(installationOf(cli), directory, {});
  await poolBrowser(cli);
}

/** Serves until interrupted. The browsers and the leases outlive it. */
async function serve(cli: Cli, words: readonly string[]): Promise<number> {
  const { json, verbose, ignoresHangups } = cli;
  const printing = [...(json ? ['--json'] : []), ...(verbose ? ['--verbose'] : [])];
  const child = await startProcess(
    process.execPath,
    [...heapOptions, daemonProgram(), ...printing, ...words],
    {
      // With the fourth, the daemon notices if this process disappears without a word.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      cwd: cli.cwd,
      env: { ...daemonEnvironment(cli.env), [hangupVariable]: ignoresHangups ? 'ignored' : 'heeded' },
    },
  );
  const stop = passSignals(child, { ignoresHangups, beforeEach: () => {} });
  // A signal that came while the daemon was being started is passed on to it.
  if (cli.interrupted.aborted) child.kill('SIGTERM');
  try {
    return shellExitCode(await child.exited);
  } finally {
    stop();
  }
}

function daemonArguments(args: Arguments): string[] {
  return [...(args.flag('no-heal') ? ['--no-heal'] : []), ...tokenArguments(args.choice('require-token'))];
}
