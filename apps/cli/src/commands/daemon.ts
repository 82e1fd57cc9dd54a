import { closeInheritedDescriptors } from '@escarp/child-process';
import type { Daemon } from '@escarp/daemon';
import { keepServing, startDaemon } from '@escarp/daemon';
import type { Arguments } from '../arguments.js';
import { tokenArguments } from '../pool-request.js';
import { assembleDaemon, type DaemonRequest } from '../assemble-daemon.js';
import { startInBackground } from '../background-daemon.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { untilAborted } from '../until-aborted.js';

export async function daemon(cli: Cli, args: Arguments): Promise<number> {
  if (args.flag('background')) {
    const { url, pid } = await startInBackground(cli, daemonArguments(args));
    printResult(cli, { url, pid }, [`daemon: ${url} (pid ${pid})`]);
    return 0;
  }
  return serve(cli, args);
}

/** Serves until interrupted. The browsers and the leases outlive it. */
async function serve(cli: Cli, args: Arguments): Promise<number> {
  closeInheritedDescriptors(cli.platform);
  let isFirst = true;
  const start = async (): Promise<Daemon> => {
    const running = await startDaemon(await assembleDaemon(cli, requestOf(cli, args)));
    const { url } = running;
    if (isFirst) printResult(cli, { url, pid: cli.pid }, [`daemon: ${url} (pid ${cli.pid})`]);
    isFirst = false;
    return running;
  };
  const interrupted = untilAborted(cli.interrupted).then(() => say(cli, 'Stopping. The browsers live on.'));
  await keepServing({ start, interrupted, monotonicMs: cli.clocks.monotonicMs });
  return 0;
}

function requestOf(cli: Cli, args: Arguments): DaemonRequest {
  return {
    heal: !args.flag('no-heal'),
    requireToken: args.choice('require-token'),
    logToStderr: cli.verbose,
  };
}

function daemonArguments(args: Arguments): string[] {
  return [...(args.flag('no-heal') ? ['--no-heal'] : []), ...tokenArguments(args.choice('require-token'))];
}
