import { basename } from 'node:path';
import { daemonAddressAt } from '@escarp/broker/home';
import { messageOf, omitUndefined } from '@escarp/contract';
import type { HeldLease, LeaseView } from '@escarp/transport/client';
import { acquireAloud } from '../acquire-aloud.js';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { startDiscoveryServer } from '../discovery-server.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { clientAt, connectionAt } from '../find-daemon.js';
import { handoffCode, handoffVariable } from '../handoff-code.js';
import { forgetFormerLeases } from '../held-leases.js';
import { idleTimer } from '../idle-timer.js';
import { leaseOnDemand } from '../lease-on-demand.js';
import { loginWish } from '../logins/login-wish.js';
import { leaseVariables } from '../lease-variables.js';
import { passStreams } from '../pass-streams.js';
import { printable } from '../print/printable.js';
import type { RunningCommand } from '../running-command.js';
import { startCommand } from '../running-command.js';
import { screenshotsWish } from '../screenshots-wish.js';
import { UsageError } from '../usage-error.js';
import { watchLease } from '../watch-lease.js';

/** Runs a command that has a slot: from its start, with `--lazy` from its first use, with `--playwright` one a worker. */
export async function run(cli: Cli, args: Arguments): Promise<number> {
  const command = args.list('--');
  if (command.length === 0) {
    throw new UsageError(
      'Say what to run, after two dashes.',
      'For example: escarp run -- node script.js {cdp_ws}',
    );
  }
  if (args.text('handoff') === '-') throw noInputOfOurs();
  const handoff = await handoffCode(cli, args);
  if (args.flag('playwright')) {
    const { runPlaywright } = await import('./run-playwright.js');
    return runPlaywright(cli, args, command);
  }
  return args.flag('lazy') ? runLazily(cli, args, command) : runLeased(cli, args, command, handoff);
}

function noInputOfOurs(): UsageError {
  return new UsageError(
    'Standard input is for the command that is run, so --handoff cannot be read from it.',
    `Set ${handoffVariable} to the code instead.`,
  );
}

/** What the command leaves behind is asked to end, and has this long for it. */
const leftoversMs = 5_000;
/** Without its lease a command drives a browser that is somebody else's, so it has less. */
const withoutLeaseMs = 1_000;
/** Its client may kill us before long. */
const abandonedMs = 3_000;

async function runLeased(
  cli: Cli,
  args: Arguments,
  command: readonly string[],
  handoff: string | undefined,
): Promise<number> {
  const url = await ensureBrowser(cli);
  const { client, origin } = await connectionAt(cli, url);
  const asked = { ...request(cli, args, command), ...omitUndefined({ handoff }) };
  const lease = await acquireAloud(client, asked, {
    signal: cli.interrupted,
    say: (line) => say(cli, `escarp: ${line}`),
  });
  const held = client.hold(lease);
  const over = new AbortController();
  void watchLease(held, await daemonAddressAt(cli.settings, url), over.signal);
  try {
    const values = { cdp_ws: lease.cdpWsUrl ?? '', cdp_http: lease.cdpHttpUrl, ...numbers(lease) };
    if (handoff !== undefined) await forgetFormerLeases(cli, lease, origin);
    const env = { ...cli.env, ...leaseVariables(lease, url), [handoffVariable]: undefined };
    const running = await startCommand(cli, filled(command, values), { env, stdio: 'inherit' });
    return await untilEnded(cli, running, held);
  } finally {
    over.abort();
    await held.release({ noWait: true }).catch(() => {});
    if (lease.screenshots === 'keep') {
      cli.stderr.write(
        `escarp: save the screenshots with escarp screenshots save ${lease.leaseId} --out DIR\n`,
      );
    }
  }
}

async function untilEnded(cli: Cli, running: RunningCommand, { lost }: HeldLease): Promise<number> {
  const reason = await Promise.race([running.ended.then(() => undefined), lost]);
  if (reason !== undefined) cli.stderr.write('escarp: the lease was lost; ending the command.\n');
  await running.end(reason === undefined ? leftoversMs : withoutLeaseMs);
  if (reason !== undefined) throw reason;
  return running.ended;
}

/** The child gets a discovery address; asking there is what takes a lease. */
async function runLazily(cli: Cli, args: Arguments, command: readonly string[]): Promise<number> {
  refuseEarlyPlaceholders(command);
  const lease = leaseOnDemand(
    async () => clientAt(cli, await ensureBrowser(cli)),
    (client, signal) => client.acquire({ waitS: lazyWaitS, ...request(cli, args, command) }, { signal }),
  );
  const discovery = await startDiscoveryServer(lease.use, (error) => {
    // Whoever waited has gone, or we are to end.
    if (error instanceof Error && error.name === 'AbortError') return;
    const why = messageOf(error);
    cli.stderr.write(`escarp: no browser for ${command[0]}: ${printable(why)}\n`);
  });
  try {
    const running = await startCommand(cli, filled(command, { cdp_http: discovery.url }), {
      env: { ...cli.env, ESCARP_CDP_HTTP_URL: discovery.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const idleMs = (args.number('idle-release') ?? 0) * 60_000;
    return await untilOver(cli, running, idleMs, () => void lease.giveBack());
  } finally {
    process.stdin.destroy();
    discovery.close();
    await lease.giveBack();
  }
}

/** Until the command has ended by itself, or its client has gone and it has not. */
async function untilOver(
  cli: Cli,
  running: RunningCommand,
  idleMs: number,
  onIdle: () => void,
): Promise<number> {
  const streams = passStreams(cli, running, () => idle.touch());
  const idle = idleTimer(idleMs, () => streams.calls.count() > 0, onIdle);
  const isAbandoned = await Promise.race([
    streams.done.then(() => false),
    streams.abandoned.then(() => true),
  ]);
  await running.end(isAbandoned ? abandonedMs : leftoversMs);
  await streams.done;
  idle.stop();
  return running.ended;
}

/** Less than clients commonly wait for a browser to answer. */
const lazyWaitS = 20;

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
    ...loginWish(args),
    ...screenshotsWish(args),
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
