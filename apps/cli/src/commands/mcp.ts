import { serveMcp } from '@escarp/mcp';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { clientAt, daemonUrl } from '../find-daemon.js';
import { readWorktree } from '../worktree.js';

/** Serves MCP over standard input and output until the client goes or a signal comes. */
export async function mcp(cli: Cli, args: Arguments): Promise<number> {
  const autostart = !args.flag('no-autostart');
  await serveMcp({
    connect: async ({ mayStart }) =>
      clientAt(cli, autostart && mayStart ? await ensureBrowser(cli) : await daemonUrl(cli)),
    place: await readWorktree(cli.cwd),
    version: cli.version,
    stdin: process.stdin,
    stdout: cli.stdout,
    interrupted: cli.interrupted,
    onInternalError: (error) =>
      cli.stderr.write(`escarp: ${error instanceof Error ? error.stack : String(error)}\n`),
  });
  return 0;
}
