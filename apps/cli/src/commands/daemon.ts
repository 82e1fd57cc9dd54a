import { closeInheritedDescriptors } from '@escarp/child-process';
import { startDaemon } from '@escarp/daemon';
import type { Arguments } from '../arguments.js';
import { tokenArguments } from '../pool-request.js';
import { assembleDaemon } from '../assemble-daemon.js';
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
  const running = await startDaemon(
    await assembleDaemon(cli, {
      heal: !args.flag('no-heal'),
      requireToken: args.choice('require-token'),
      logToStderr: cli.verbose,
    }),
  );
  printResult(cli, { url: running.url, pid: cli.pid }, [`daemon: ${running.url} (pid ${cli.pid})`]);
  await untilAborted(cli.interrupted);
  say(cli, 'Stopping. The browsers live on.');
  await running.close();
  return 0;
}

function daemonArguments(args: Arguments): string[] {
  return [...(args.flag('no-heal') ? ['--no-heal'] : []), ...tokenArguments(args.choice('require-token'))];
}
