import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  DaemonError,
  type KernelLock,
  originOfHome,
  readPrivateFile,
  takeKernelLock,
  waitForKernelLock,
} from '@escarp/broker/home';
import { pickFields } from '@escarp/contract';
import { isCode, makeRootFolder, systemReason, writeFileAtomically } from '@escarp/owned-files';
import type { LeaseView, SlotView } from '@escarp/transport/client';
import type { Cli } from './cli.js';
import { printable } from './print/printable.js';
import { readWorktree } from './worktree.js';

const rememberedFields = ['leaseToken', 'slot', 'holder', 'expiresAt', 'fence'] as const;

type Remembered = Readonly<Pick<LeaseView, (typeof rememberedFields)[number]>>;

/** A lease acquired by one of this user's commands, remembered so that others find it. */
export interface RememberedLease extends Omit<Remembered, 'fence'> {
  /** Which of the slot's leases it is: the number rises with every grant. */
  readonly fence?: Remembered['fence'];
  /** The daemon that granted it, as `DaemonAddress` names it; absent in the file of an older version, for that of the home. */
  readonly origin?: string;
  /** Root of the working tree in which it was acquired; absent in the file of an older version. */
  readonly worktree?: string;
  /** The process whose MCP session holds it; absent for a lease that a command acquired. */
  readonly sessionPid?: number;
  /** The client of that session: the plugin's hooks look for the leases of their own client. */
  readonly clientPid?: number;
}

/** The file with the leases' tokens, readable by the user alone. */
function leasesFile({ env, settings }: Cli): string {
  return env['ESCARP_LEASES_FILE'] || join(settings.home, 'leases.json');
}

const bytesMax = 1_000_000;

/**
 * Before a slot is leased: nobody could give back a lease that no command knows of.
 *
 * @throws DaemonError `bad_setting` if the file that the environment names cannot be read or written.
 */
export async function requireLeasesFile(cli: Cli): Promise<void> {
  const path = cli.env['ESCARP_LEASES_FILE'];
  if (!path) return;
  try {
    await readLeases(cli);
    const lock = await takeKernelLock(`${await realFile(path)}.lock`);
    await lock?.release();
  } catch (error) {
    const why =
      error instanceof DaemonError ? error.message : `${path} cannot be written: ${systemReason(error)}.`;
    throw new DaemonError(
      'bad_setting',
      `ESCARP_LEASES_FILE does not name a file that leases can be kept in. ${why}`,
      'Set it to a file in a folder of yours, or unset it to use the state directory.',
      error,
    );
  }
}

/** The leases that came from a daemon. No other is told their tokens. */
export async function heldLeases(cli: Cli, origin: string): Promise<RememberedLease[]> {
  const home = await originOfHome(cli.settings.home);
  return (await readLeases(cli)).filter((held) => (held.origin ?? home) === origin);
}

/** Those of this working tree, and the one that this shell exports. */
export async function heldHere(cli: Cli, origin: string): Promise<RememberedLease[]> {
  const { root } = await readWorktree(cli.cwd);
  const own = cli.env['ESCARP_LEASE_TOKEN'];
  return (await heldLeases(cli, origin)).filter(
    ({ worktree, leaseToken }) => worktree === root || leaseToken === own,
  );
}

async function readLeases(cli: Cli): Promise<RememberedLease[]> {
  const text = await readPrivateFile(leasesFile(cli), bytesMax);
  return parseList(text ?? '[]').filter(isRememberedLease);
}

/** Whether the slot is still leased under this lease, and not under a later one. */
export function isStillHeld(held: RememberedLease, slots: readonly SlotView[]): boolean {
  const view = slots.find(({ slot }) => slot === held.slot);
  return view?.state === 'leased' && view.fence === held.fence;
}

export async function rememberLease(
  cli: Cli,
  lease: LeaseView,
  origin: string,
  session: Pick<RememberedLease, 'sessionPid' | 'clientPid'> = {},
): Promise<void> {
  const { root: worktree } = await readWorktree(cli.cwd);
  const home = await originOfHome(cli.settings.home);
  const isFormer = (held: RememberedLease): boolean =>
    held.slot === lease.slot && (held.origin ?? home) === origin;
  await change(cli, (leases) => [
    ...leases.filter((held) => !isFormer(held)),
    { ...pickFields(lease, rememberedFields), origin, worktree, ...session },
  ]);
}

/** Records the new end of leases that were renewed. */
export async function rememberRenewals(cli: Cli, renewed: readonly LeaseView[]): Promise<void> {
  const byToken = new Map(renewed.map((lease) => [lease.leaseToken, lease.expiresAt]));
  await changeIfPossible(cli, (leases) =>
    leases.map((held) => ({ ...held, expiresAt: byToken.get(held.leaseToken) ?? held.expiresAt })),
  );
}

/** Forgets the leases that were on a slot before this one, such as the one that was handed over. */
export async function forgetFormerLeases(
  cli: Cli,
  { slot, leaseToken }: LeaseView,
  origin: string,
): Promise<void> {
  const former = (await heldLeases(cli, origin)).filter(
    (held) => held.slot === slot && held.leaseToken !== leaseToken,
  );
  if (former.length > 0) await forgetLeases(cli, new Set(former.map((held) => held.leaseToken)));
}

export async function forgetLeases(cli: Cli, tokens: ReadonlySet<string>): Promise<void> {
  await changeIfPossible(cli, (leases) => leases.filter((held) => !tokens.has(held.leaseToken)));
}

type Change = (leases: readonly RememberedLease[]) => readonly RememberedLease[];

/** After something that the daemon has done, which a full disk here does not undo. */
async function changeIfPossible(cli: Cli, changed: Change): Promise<void> {
  await change(cli, changed).catch((error: unknown) => {
    if (!isCode(error, 'ENOSPC', 'EDQUOT', 'EROFS')) throw error;
    warn(cli, `${leasesFile(cli)} cannot be written: ${systemReason(error)}.`);
  });
}

/**
 * One command at a time: otherwise one that has read the file in the meantime would write it without this change. The
 * lock is a separate file, because this one is replaced; the kernel frees it when its holder ends. A holder that was
 * stopped keeps it: then the file is left unchanged, and a warning is printed rather than an error, because what the
 * command asked the daemon for is done.
 */
async function change(cli: Cli, changed: Change): Promise<void> {
  // Of a daemon that is named by its address there may be no state directory here.
  if (!cli.env['ESCARP_LEASES_FILE']) await makeRootFolder(cli.settings.home);
  const path = await realFile(leasesFile(cli));
  const lock = await lockOf(cli, path);
  try {
    if (lock !== undefined) await writeFileAtomically(path, textOf(changed(await readLeases(cli))));
  } finally {
    await lock?.release();
  }
}

async function lockOf(cli: Cli, path: string): Promise<KernelLock | undefined> {
  try {
    return await waitForKernelLock(`${path}.lock`);
  } catch (error) {
    if (!(error instanceof DaemonError) || error.code !== 'lock_held') throw error;
    warn(cli, `${error.message} ${error.hint}`);
    return undefined;
  }
}

function warn({ stderr }: Cli, why: string): void {
  stderr.write(`${printable(`escarp: other commands will not learn of this: ${why}`)}\n`);
}

/**
 * Nothing is written that could not be read again: if there are too many leases, the oldest are left out, which have
 * long expired.
 */
function textOf(leases: readonly RememberedLease[]): string {
  const kept = leases.filter(isRememberedLease);
  for (;;) {
    const text = `${JSON.stringify(kept)}\n`;
    if (Buffer.byteLength(text) <= bytesMax) return text;
    kept.shift();
  }
}

/** A file named by the user may be behind a link; a file in the state directory may not. */
async function realFile(path: string): Promise<string> {
  return join(await realpath(dirname(path)), basename(path));
}

function parseList(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isRememberedLease(value: unknown): value is RememberedLease {
  if (typeof value !== 'object' || value === null) return false;
  const { leaseToken, slot, holder, expiresAt, origin }: { [Name in keyof RememberedLease]?: unknown } =
    value;
  return (
    typeof leaseToken === 'string' &&
    Number.isInteger(slot) &&
    (origin === undefined || typeof origin === 'string') &&
    (holder === null || typeof holder === 'string') &&
    (expiresAt === null || typeof expiresAt === 'number')
  );
}
