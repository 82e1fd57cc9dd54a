import { basename } from 'node:path';
import type { Client, LeaseView } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import { startChild } from '../child-process.js';
import type { Cli } from '../cli.js';
import { startDiscoveryServer } from '../discovery-server.js';
import { ensureDaemon } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { idleTimer } from '../idle-timer.js';
import { leaseOnDemand } from '../lease-on-demand.js';
import { leaseVariables } from '../lease-variables.js';
import { UsageError } from '../usage-error.js';

/** Runs a command that has a slot: from its start, or with `--lazy` from its first use. */
export async function run(cli: Cli, args: Arguments): Promise<number> {
  const command = args.list('--');
  if (command.length === 0) {
    throw new UsageError(
      'Say what to run, after two dashes.',
      'For example: escarp run -- npx playwright test',
    );
  }
  return args.flag('lazy') ? runLazily(cli, args, command) : runLeased(cli, args, command);
}

async function runLeased(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  const url = await ensureDaemon(cli);
  const client = await clientAt(cli, url);
  const lease = await client.acquire(request(cli, args, command), { signal: cli.interrupted });
  const held = client.hold(lease);
  try {
    const values = { cdp_ws: lease.cdpWsUrl ?? '', cdp_http: lease.cdpHttpUrl, ...numbers(lease) };
    const env = { ...cli.env, ...leaseVariables(lease, url) };
    const { child, ended } = await startChild(cli, filled(command, values), { env, stdio: 'inherit' });
    void held.lost.then((reason) => {
      cli.stderr.write(`escarp: ${reason.message} Ending the command.\n`);
      child.kill('SIGTERM');
    });
    return await ended;
  } finally {
    await held.release({ noWait: true }).catch(() => {});
  }
}

/** The child gets a discovery address; asking there is what takes a lease. */
async function runLazily(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  let connecting: Promise<Client> | undefined;
  const client = (): Promise<Client> => (connecting ??= ensureDaemon(cli).then((url) => clientAt(cli, url)));
  const lease = leaseOnDemand(client, (broker) =>
    broker.acquire({ waitS: lazyWaitS, ...request(cli, args, command) }),
  );
  const discovery = await startDiscoveryServer(lease.use);
  const { child, ended } = await startChild(cli, filled(command, { cdp_http: discovery.url }), {
    env: { ...cli.env, ESCARP_CDP_HTTP_URL: discovery.url },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const idle = idleTimer((args.number('idle-release') ?? 0) * 60_000, () => void lease.giveBack());
  if (child.stdin !== null) process.stdin.on('data', idle.touch).pipe(child.stdin);
  child.stdin?.on('error', () => {});
  child.stdout?.on('data', idle.touch).pipe(cli.stdout, { end: false });
  try {
    return await ended;
  } finally {
    idle.stop();
    process.stdin.unref();
    process.stdin.destroy();
    discovery.close();
    await lease.giveBack();
  }
}

/** Less than clients commonly wait for a browser to answer. */
const lazyWaitS = 20;

function request(cli: Cli, args: Arguments, command: readonly string[]) {
  const named = { slot: args.number('slot'), devPort: args.number('dev-port'), waitS: args.number('wait') };
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
