import { messageOf } from '@escarp/contract';
import type { Client, LeaseView } from '@escarp/transport/client';
import { leaseInstructions, untilAborted } from '@escarp/transport/client';
import { acquireAloud } from '../acquire-aloud.js';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { connectionAt, daemonUrl } from '../find-daemon.js';
import { handoffCode } from '../handoff-code.js';
import { forgetLeases, rememberLease, requireLeasesFile } from '../held-leases.js';
import { exportLines, leaseVariables } from '../lease-variables.js';
import { loginWish } from '../logins/login-wish.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { screenshotsWish } from '../screenshots-wish.js';
import { holderHere } from '../worktree.js';
import { requireWritten } from '../written-output.js';

export async function acquire(cli: Cli, args: Arguments): Promise<number> {
  await requireLeasesFile(cli);
  const url = await daemonUrl(cli);
  const { client, origin } = await connectionAt(cli, url);
  if (args.flag('focus')) await (await import('./window.js')).requireWindows(client, args.count('slot'));
  const wait = args.number('wait');
  if (wait !== undefined && wait > 1) say(cli, `Waiting up to ${wait} s for a slot`);
  const lease = await acquireAloud(client, await acquireRequest(cli, args), {
    signal: cli.interrupted,
    say: (line) => say(cli, line),
  });
  // Told before anything else can fail: a lease whose token nobody knows would be of no use to anybody.
  await tellLease(cli, args, { client, lease, url, origin });
  if (args.flag('export') && !args.flag('hold')) say(cli, exportWarning(lease, cli.clocks.wallMs()));
  const isFocused = !args.flag('focus') || (await bringToFront(cli, lease));
  if (args.flag('hold')) return hold(cli, client, lease);
  return isFocused ? 0 : 4;
}

type Granted = {
  readonly client: Client;
  readonly lease: LeaseView;
  readonly url: string;
  readonly origin: string;
};

/** Releases the lease again if its token can neither be kept nor printed, as on a full disk. */
async function tellLease(cli: Cli, args: Arguments, { client, lease, url, origin }: Granted): Promise<void> {
  try {
    await rememberLease(cli, lease, origin);
    print(cli, args, lease, url);
    await requireWritten(cli);
  } catch (error) {
    await client.release({ leaseToken: lease.leaseToken, noWait: true });
    await forgetLeases(cli, new Set([lease.leaseToken]));
    throw error;
  }
}

/** The lease was the one document already, so what failed is told on standard error. */
async function bringToFront(cli: Cli, lease: LeaseView): Promise<boolean> {
  try {
    await (await import('./window.js')).focusSlot(cli, lease);
    return true;
  } catch (error) {
    const reason = messageOf(error);
    const line = `Slot ${lease.slot} is leased, but its window did not come to the front: ${reason}`;
    cli.stderr.write(`${printable(line)}\n`);
    return false;
  }
}

async function acquireRequest(cli: Cli, args: Arguments) {
  return {
    holder: args.text('holder') ?? (await holderHere(cli)),
    client: 'escarp-cli',
    ...optional({
      slot: args.count('slot'),
      devPort: args.number('dev-port'),
      waitS: args.number('wait'),
      ttlS: args.number('ttl'),
      handoff: await handoffCode(cli, args),
      ...loginWish(args),
      ...screenshotsWish(args),
    }),
  };
}

function print(cli: Cli, args: Arguments, lease: LeaseView, url: string): void {
  if (args.flag('export')) printResult(cli, leaseVariables(lease, url), exportLines(lease, url));
  else if (args.flag('prompt')) printPrompt(cli, lease);
  else printAnswer(cli, lease, leaseLines(lease));
}

/** What an agent can be given as it is, to work in the slot. */
function printPrompt(cli: Cli, lease: LeaseView): void {
  const release = `Release the slot (escarp release --slot ${lease.slot})`;
  const lines = leaseInstructions(lease, { until: 'its lease ends', release }).map(printable);
  printResult(cli, { prompt: lines.join('\n') }, lines);
}

/** On standard error, where `eval` does not read it. */
function exportWarning({ expiresAt }: LeaseView, nowMs: number): string {
  const seconds = Math.max(0, Math.round((expiresAt ?? 0) - nowMs / 1_000));
  const end = `it ends in ${seconds} s, and its address then belongs to somebody else`;
  return `Nothing renews this lease: ${end}. To keep it, acquire with --hold, or use escarp run.`;
}

function leaseLines(lease: LeaseView): string[] {
  const rows: [string, string | number | null][] = [
    ['slot', lease.slot],
    ['holder', lease.holder],
    ['login', lease.logins.map(({ name, version }) => `${name} (version ${version})`).join(', ') || null],
    ['CDP', lease.cdpWsUrl],
    ['window', lease.osWindowId],
    ['display', lease.display],
    ['application', lease.cuaAppBundleId],
    ['dev ports', `${lease.ports.frontend} ${lease.ports.backend} ${lease.ports.postgres}`],
    ['screenshots', lease.screenshots === 'keep' ? 'kept' : (lease.screenshots ?? null)],
    ['token', lease.leaseToken],
    ['ends', lease.expiresAt === null ? null : new Date(lease.expiresAt * 1_000).toISOString()],
  ];
  return rows.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(12)}${printable(String(value))}`],
  );
}

/** Keeps the lease alive until Ctrl-C, or until it is lost, and gives it back. */
async function hold(cli: Cli, client: Client, lease: LeaseView): Promise<number> {
  const held = client.hold(lease);
  say(cli, `Holding slot ${lease.slot}; Ctrl-C releases it.`);
  const keepAwake = setInterval(() => {}, 60_000);
  try {
    const lost = await Promise.race([held.lost, untilAborted(cli.interrupted)]);
    if (lost !== undefined) {
      // The lease was the one document already.
      say(cli, lost.message);
      return lost.exitCode;
    }
    await held.release();
    return 130;
  } finally {
    clearInterval(keepAwake);
    held.stop();
    await forgetLeases(cli, new Set([lease.leaseToken]));
  }
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function optional<T extends object>(fields: T): Given<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries are the object's own.
  return Object.fromEntries(kept) as Given<T>;
}
