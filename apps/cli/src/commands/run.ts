import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HeldLease, LeaseView } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { RunningChild } from '../child-process.js';
import { endChild, startChild } from '../child-process.js';
import type { Cli } from '../cli.js';
import { startDiscoveryServer } from '../discovery-server.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { idleTimer } from '../idle-timer.js';
import { leaseOnDemand } from '../lease-on-demand.js';
import { leaseVariables } from '../lease-variables.js';
import { printable } from '../print/printable.js';
import { UsageError } from '../usage-error.js';

/** Runs a command that has a slot: from its start, or with `--lazy` from its first use. */
export async function run(cli: Cli, args: Arguments): Promise<number> {
  const command = args.list('--');
  if (command.length === 0) {
    throw new UsageError(
      'Say what to run, after two dashes.',
      'For example: escarp run -- node script.js {cdp_ws}',
    );
  }
  return args.flag('lazy') ? runLazily(cli, args, command) : runLeased(cli, args, command);
}

async function runLeased(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  const url = await ensureBrowser(cli);
  const client = await clientAt(cli, url);
  const lease = await client.acquire(request(cli, args, command), { signal: cli.interrupted });
  const held = client.hold(lease);
  try {
    const values = { cdp_ws: lease.cdpWsUrl ?? '', cdp_http: lease.cdpHttpUrl, ...numbers(lease) };
    const env = { ...cli.env, ...leaseVariables(lease, url) };
    return await untilEnded(
      cli,
      await startChild(cli, filled(command, values), { env, stdio: 'inherit' }),
      held,
    );
  } finally {
    await held.release({ noWait: true }).catch(() => {});
  }
}

/** Without its lease the command would drive a browser that is somebody else's. */
async function untilEnded(cli: Cli, running: RunningChild, { lost }: HeldLease): Promise<number> {
  const reason = await Promise.race([running.ended.then(() => undefined), lost]);
  if (reason === undefined) return running.ended;
  cli.stderr.write('escarp: the lease was lost; ending the command.\n');
  await endChild(running);
  throw reason;
}

/** The child gets a discovery address; asking there is what takes a lease. */
async function runLazily(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  refuseEarlyPlaceholders(command);
  const lease = leaseOnDemand(
    async () => clientAt(cli, await ensureBrowser(cli)),
    (client, signal) => client.acquire({ waitS: lazyWaitS, ...request(cli, args, command) }, { signal }),
  );
  const discovery = await startDiscoveryServer(lease.use, (error) => {
    const why = error instanceof Error ? error.message : String(error);
    cli.stderr.write(`escarp: no browser for ${command[0]}: ${printable(why)}\n`);
  });
  const running = await startChild(cli, filled(command, { cdp_http: discovery.url }), {
    env: { ...cli.env, ESCARP_CDP_HTTP_URL: discovery.url },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const idle = idleTimer((args.number('idle-release') ?? 0) * 60_000, () => void lease.giveBack());
  const streamed = passStreams(cli, running.child, idle.touch);
  try {
    const exitCode = await running.ended;
    await streamed;
    return exitCode;
  } finally {
    idle.stop();
    process.stdin.destroy();
    discovery.close();
    await lease.giveBack();
  }
}

/** Less than clients commonly wait for a browser to answer. */
const lazyWaitS = 20;
/** What a child started may keep its output open after it; that much later we end all the same. */
const lastWordsMs = 1_000;

/** Joins the child's standard streams to ours. Resolves when the child has ended and all it said is passed on. */
async function passStreams(cli: Cli, child: RunningChild['child'], touch: () => void): Promise<void> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) return;
  stdin.on('error', () => {});
  process.stdin.on('data', touch).pipe(stdin);
  // Whoever talked to the child has gone.
  cli.stdout.on('error', () => child.kill('SIGTERM'));
  stdout.on('data', touch).pipe(cli.stdout, { end: false });
  const said = once(stdout, 'close');
  await once(child, 'exit');
  await Promise.race([said, pause(lastWordsMs, undefined, { ref: false })]);
}

function refuseEarlyPlaceholders(command: readonly string[]): void {
  const early = command.join(' ').match(/\{(cdp_ws|slot|port)\}/)?.[0];
  if (early === undefined) return;
  throw new UsageError(
    `${early} is not known before the slot is leased.`,
    'With --lazy give the command {cdp_http}, or run it without --lazy.',
  );
}

function request(cli: Cli, args: Arguments, command: readonly string[]) {
  const named = {
    slot: args.number('slot'),
    devPort: args.number('dev-port'),
    waitS: args.number('wait'),
    ttlS: args.number('ttl'),
  };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const holder = args.text('holder') ?? `${basename(cli.cwd)}: ${basename(command[0] ?? '')}`;
  return { holder, client: 'escarp-run', ...given };
}

function numbers({ slot, cdpPort }: LeaseView) {
  return { slot: String(slot), port: String(cdpPort) };
}

/** Puts values where the arguments name them in braces. */
function filled(command: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return command.map((word) => word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}
