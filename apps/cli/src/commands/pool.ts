import { stateDirectory } from '@escarp/broker/home';
import { readPoolFile } from '@escarp/broker/pool-file';
import { slotsMax } from '@escarp/contract';
import type { Client, SlotView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { daemonClient } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { slotTable } from '../slot-table.js';
import { UsageError } from '../usage-error.js';

export async function poolAdd(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const { slots } = await client.status();
  const slot = args.count('slot', 'The slot') ?? lowestUnused(slots);
  if (args.flag('no-launch')) await requireBrowser(cli, slot);
  say(cli, `Adding slot ${slot}`);
  const added = await client.poolAdd({ slot });
  printAnswer(cli, added, [`slot ${slot}: ${added.state}`]);
  return 0;
}

/** If a slot has no browser, the daemon would launch one. */
async function requireBrowser(cli: Cli, slot: number): Promise<void> {
  const pool = await readPoolFile(stateDirectory(cli.settings.home).pool);
  const port = (pool?.cdpBase ?? cli.settings.cdpBase) + slot;
  const answers = await fetch(`http://127.0.0.1:${port}/json/version`, { signal: AbortSignal.timeout(2_000) })
    .then(({ ok }) => ok)
    .catch(() => false);
  if (!answers) throw new OperationError('no_browser_on_port');
}

export async function poolRemove(cli: Cli, args: Arguments): Promise<number> {
  const client = await daemonClient(cli);
  const keepChrome = args.flag('keep-chrome');
  const wish = { slot: args.slot(), force: args.flag('force'), keepChrome };
  const removed = await client.poolRemove(wish).catch(sayForce);
  const left = keepChrome ? [whatIsLeft(removed)] : [];
  printAnswer(cli, removed, [`slot ${removed.slot}: removed`, ...left]);
  return 0;
}

/** Here the way out is an option, and not another slot or a wait. */
function sayForce(error: unknown): never {
  if (!(error instanceof OperationError) || error.code !== 'slot_leased') throw error;
  const hint = 'Wait for it to be released, or pass --force to take it away from its holder.';
  throw new OperationError('slot_leased', { message: error.message, hint, cause: error });
}

function whatIsLeft({ pid, cdpPort }: { pid?: number | undefined; cdpPort?: number | undefined }): string {
  if (pid === undefined) return 'It had no Chrome that could stay.';
  return `Chrome stays, pid ${pid}, at http://127.0.0.1:${cdpPort}; end it with kill ${pid} or escarp down.`;
}

interface Change {
  readonly add: readonly number[];
  readonly remove: readonly number[];
}

/**
 * Adds slots at the bottom of the range and removes them at the top; free slots are removed before leased ones, which
 * are removed only by force.
 */
export async function scale(cli: Cli, args: Arguments): Promise<number> {
  const size = args.count('size', 'The size');
  if (size === undefined || size < 1 || size > slotsMax) {
    throw new UsageError(
      `The size must be a whole number from 1 to ${slotsMax}.`,
      'For example: escarp scale 6',
    );
  }
  const client = await daemonClient(cli);
  const { slots } = await client.status();
  const change = planned(slots, size);
  if (!args.flag('dry-run')) await carryOut(cli, client, slots, change, args.flag('force'));
  const pool = await client.status();
  const lines = args.flag('dry-run') ? describe(change) : slotTable(pool, cli.terminal);
  printAnswer(cli, { ...change, pool, dryRun: args.flag('dry-run') }, lines);
  return 0;
}

function planned(slots: readonly SlotView[], size: number): Change {
  if (slots.length <= size) {
    const add: number[] = [];
    const used = new Set(slots.map(({ slot }) => slot));
    for (let slot = 0; used.size < size; slot++) {
      if (used.has(slot)) continue;
      used.add(slot);
      add.push(slot);
    }
    return { add, remove: [] };
  }
  const removable = slots.toSorted(
    (a, b) => Number(a.state === 'leased') - Number(b.state === 'leased') || b.slot - a.slot,
  );
  return { add: [], remove: removable.slice(0, slots.length - size).map(({ slot }) => slot) };
}

async function carryOut(
  cli: Cli,
  client: Client,
  slots: readonly SlotView[],
  { add, remove }: Change,
  force: boolean,
): Promise<void> {
  const leased = slots.filter(({ slot, state }) => state === 'leased' && remove.includes(slot));
  if (leased.length > 0 && !force) {
    throw new OperationError('slot_leased', {
      message: `This would take leased slots away: ${leased.map(({ slot }) => slot).join(', ')}.`,
      hint: 'Wait for them to be released, or pass --force.',
    });
  }
  for (const line of describe({ add, remove })) say(cli, line);
  await Promise.all(add.map((slot) => client.poolAdd({ slot })));
  await Promise.all(remove.map((slot) => client.poolRemove({ slot, force })));
}

function describe({ add, remove }: Change): string[] {
  if (add.length === 0 && remove.length === 0) return ['The pool has that size already.'];
  return [
    ...(add.length > 0 ? [`add ${add.join(', ')}`] : []),
    ...(remove.length > 0 ? [`remove ${remove.join(', ')}`] : []),
  ];
}

function lowestUnused(slots: readonly SlotView[]): number {
  const used = new Set(slots.map(({ slot }) => slot));
  let slot = 0;
  while (used.has(slot)) slot++;
  return slot;
}
