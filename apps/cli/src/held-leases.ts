import { join } from 'node:path';
import { readPrivateFile, writeFileAtomically } from '@escarp/broker/home';
import type { LeaseView } from '@escarp/transport/client';
import type { Cli } from './cli.js';

/** A lease this user's commands acquired, so that `release --mine` finds it again. */
export interface HeldLease {
  readonly leaseToken: string;
  readonly slot: number;
  readonly holder: string | null;
  readonly expiresAt: number | null;
}

/** The file that holds their tokens, readable by the user alone. */
function leasesFile({ env, settings }: Cli): string {
  return env['ESCARP_LEASES_FILE'] || join(settings.home, 'leases.json');
}

const bytesMax = 1_000_000;

export async function heldLeases(cli: Cli): Promise<HeldLease[]> {
  const text = await readPrivateFile(leasesFile(cli), bytesMax);
  const parsed = parseList(text ?? '[]');
  return parsed.filter(isHeldLease);
}

export async function rememberLease(cli: Cli, lease: LeaseView): Promise<void> {
  const { leaseToken, slot, holder, expiresAt } = lease;
  const others = (await heldLeases(cli)).filter((held) => held.slot !== slot);
  await save(cli, [...others, { leaseToken, slot, holder, expiresAt }]);
}

export async function forgetLeases(cli: Cli, tokens: ReadonlySet<string>): Promise<void> {
  await save(
    cli,
    (await heldLeases(cli)).filter((held) => !tokens.has(held.leaseToken)),
  );
}

async function save(cli: Cli, leases: readonly HeldLease[]): Promise<void> {
  await writeFileAtomically(leasesFile(cli), `${JSON.stringify(leases)}\n`, cli.clocks.newId);
}

function parseList(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isHeldLease(value: unknown): value is HeldLease {
  return typeof value === 'object' && value !== null && 'leaseToken' in value && 'slot' in value;
}
