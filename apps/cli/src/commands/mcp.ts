import { originOfHome } from '@escarp/broker/home';
import { serveMcp, type PageServing } from '@escarp/mcp-server';
import { pageCommands, type PageCommand } from '@escarp/page-tools';
import type { HolderPlace, LeaseView } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { faithfulBroker } from '../faithful-broker.js';
import { connectionAt, daemonUrl } from '../find-daemon.js';
import { ensureViewer, makeLink } from '../viewer-client.js';
import { worktreeLeases } from '../worktree-leases.js';
import { readWorktree } from '../worktree.js';
import { UsageError } from '../usage-error.js';

/** Serves MCP over standard input and output until the client goes or a signal comes. */
export async function mcp(cli: Cli, args: Arguments): Promise<number> {
  const autostart = !args.flag('no-autostart');
  const origins = new Map<string, string>();
  await serveMcp({
    connect: async ({ mayStart }) => {
      const url = autostart && mayStart ? await ensureBrowser(cli) : await daemonUrl(cli);
      return faithfulBroker(await connectionAt(cli, url), origins);
    },
    place: await placeOf(cli),
    version: cli.version,
    stdin: process.stdin,
    stdout: cli.stdout,
    interrupted: cli.interrupted,
    onInternalError: (error) =>
      cli.stderr.write(`escarp: ${error instanceof Error ? error.stack : String(error)}\n`),
    personLinks: { linkFor: (lease) => linkToSlot(cli, lease, origins), newId: cli.clocks.newId },
    pages: pageServing(cli, args),
    leasesMax: leasesMax(args),
    memory: args.text('scope') === 'worktree' ? worktreeLeases(cli, origins) : undefined,
  });
  return 0;
}

/**
 * The holder's own right to its slot, passed on to a person: no more than its lease token gives. The viewer shows the slots of
 * this home's daemon, and is told no token of another's.
 */
async function linkToSlot(
  cli: Cli,
  { leaseToken }: LeaseView,
  origins: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if (origins.get(leaseToken) !== (await originOfHome(cli.settings.home))) return undefined;
  return (await makeLink(await ensureViewer(cli), { right: 'control', leaseToken })).url;
}

/** Clients of Agent Plugins start what a plugin names in the plugin's own folder, which says nothing of where they work. */
const placeOf = async ({ cwd, env }: Cli): Promise<HolderPlace> =>
  env['PLUGIN_ROOT'] === cwd ? { worktree: '' } : readWorktree(cwd);

function leasesMax(args: Arguments): number | undefined {
  const count = args.count('max-leases-per-session');
  if (count !== 0) return count;
  throw new UsageError('--max-leases-per-session must be at least 1.', 'Leave it out for no limit.');
}

function pageServing(cli: Cli, args: Arguments): PageServing | undefined {
  const command = pageCommand(args);
  if (command === undefined) return undefined;
  const idleMinutes = args.number('idle-release') ?? 0;
  const lazy = args.choice('lazy') ?? true;
  return { command, env: cli.env, cwd: cli.cwd, lazy, idleMs: idleMinutes * 60_000 };
}

function pageCommand(args: Arguments): PageCommand | undefined {
  const name = args.text('browser');
  const [command, ...rest] = args.list('--');
  if (name !== undefined && command !== undefined)
    throw new UsageError(
      '--browser names a page server, and so does what follows the two dashes.',
      'Say one.',
    );
  if (command !== undefined) return { command, args: rest };
  return name === undefined ? undefined : Object.entries(pageCommands).find(([each]) => each === name)?.[1];
}
