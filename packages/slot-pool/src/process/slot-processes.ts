import { setTimeout as pause } from 'node:timers/promises';
import { processFamily, signalProcess } from '@escarp/child-process';
import type { ProcessEntry, ProcessTable } from '@escarp/child-process';
import { PoolError } from '../errors.js';
import { reaperName } from '../launch-script.js';
import type { SlotPaths } from '../slot-paths.js';
import { wordsBeforeProfile } from './owner-mark.js';
import { isUnmarkedBrowser } from './unmarked-browser.js';

/** A slot's browser has this variable in its environment, and with it every program that the browser starts. */
export function slotMark({ profile }: SlotPaths): readonly [name: string, value: string] {
  return ['ESCARP_SLOT_PROFILE', profile];
}

/**
 * Every live process of the slot: the browser, its children, and what these have started, such as a native-messaging host
 * or the program that opens a link. The proof is the slot's mark in the environment, being its browser in another
 * provable way, or kinship with either. What names the profile in its arguments alone is somebody's editor or backup, and none of ours.
 */
export function slotProcesses({ platform }: ProcessTable, paths: SlotPaths): Promise<ProcessEntry[]> {
  return processFamily({
    platform,
    mark: slotMark(paths).join('='),
    // The table of macOS shows process groups only.
    ownsSession: platform === 'linux',
    recognizes: (entry) => isUnmarkedBrowser(entry, paths, platform),
  });
}

/**
 * A browser and what it has started, as far as kinship tells: enough to find its renderers and helpers, for a third of the
 * time of `slotProcesses`.
 */
export function browserFamily(
  { platform }: ProcessTable,
  browser: Pick<ProcessEntry, 'pid' | 'startedAt'>,
): Promise<ProcessEntry[]> {
  return processFamily({ platform, ownsSession: platform === 'linux', known: [browser] });
}

/** The slot's browser process itself, or undefined when none runs. */
export async function slotBrowser(table: ProcessTable, paths: SlotPaths): Promise<ProcessEntry | undefined> {
  return (await slotProcesses(table, paths)).find((entry) => isBrowserOfSlot(entry, paths));
}

export function isBrowserOfSlot(entry: ProcessEntry, paths: SlotPaths): boolean {
  return wordsBeforeProfile(entry, paths) !== undefined && !entry.commandLine.includes(' --type=');
}

interface KillOptions {
  /** Which of the slot's processes live on; none if it is not said. */
  readonly spares?: (entry: ProcessEntry) => boolean;
  readonly seen?: readonly ProcessEntry[];
}

/**
 * Kills every process of the slot and returns when none is left. Each is looked up again right before its signal, so
 * that a pid that changed hands since is not hit. Those that a look has just found may be given, to save the first one.
 * Rejects with `browser_unresponsive` when some outlive `deadlineMs`.
 */
export async function killSlotProcesses(
  table: ProcessTable,
  paths: SlotPaths,
  deadlineMs: number,
  { spares = () => false, seen = [] }: KillOptions = {},
): Promise<void> {
  const cutOff = AbortSignal.timeout(deadlineMs);
  const look = async () => (await slotProcesses(table, paths)).filter((entry) => !spares(entry));
  let left = seen.length > 0 ? seen : await look();
  while (left.length > 0) {
    if (cutOff.aborted) throw survivorsError(left);
    // A reaper ends by itself after those it waits for; killed with them it would leave them behind as zombies.
    const others = left.filter(({ commandLine }) => !commandLine.includes(reaperName));
    await Promise.all(others.map((entry) => signalProcess(entry, 'SIGKILL', table.platform)));
    await processesGone(table, left, cutOff);
    left = await look();
  }
}

/** Whether this belongs to a browser of another profile. */
export function isOfOtherProfile(entry: ProcessEntry, paths: SlotPaths): boolean {
  return entry.commandLine.includes(' --user-data-dir=') && wordsBeforeProfile(entry, paths) === undefined;
}

/**
 * Asks the slot's browser to quit, which Chrome takes SIGTERM for, and waits `deadlineMs` at the most for it to write its
 * profile and do so.
 */
export async function askToEnd(table: ProcessTable, paths: SlotPaths, deadlineMs: number): Promise<void> {
  const browser = await slotBrowser(table, paths);
  if (!browser || browser.isStopped) return;
  await signalProcess(browser, 'SIGTERM', table.platform);
  await hasEnded(table, paths, deadlineMs);
}

/**
 * Waits until the slot's browser has ended by itself, with every process that writes the profile for it; false if they have
 * not within `deadlineMs`. The browser process is the first to end: the network service commits cookies after that.
 */
export async function hasEnded(table: ProcessTable, paths: SlotPaths, deadlineMs: number): Promise<boolean> {
  const cutOff = AbortSignal.timeout(deadlineMs);
  const look = async () => (await slotProcesses(table, paths)).filter((entry) => isWriter(entry, paths));
  let left = await look();
  while (left.length > 0 && !cutOff.aborted) {
    await processesGone(table, left, cutOff);
    left = await look();
  }
  return left.length === 0;
}

/** Renderers write nothing, and a program that the browser has started may never end. */
function isWriter(entry: ProcessEntry, paths: SlotPaths): boolean {
  return isBrowserOfSlot(entry, paths) || entry.commandLine.includes(' --type=utility');
}

/** Kills one process and waits until it has ended. Rejects with `browser_unresponsive` when it has not by `cutOff`. */
export async function endProcess(
  table: ProcessTable,
  seen: ProcessEntry,
  cutOff: AbortSignal,
): Promise<void> {
  await signalProcess(seen, 'SIGKILL', table.platform);
  await processesGone(table, [seen], cutOff);
  if ((await table.state(seen.pid))?.startedAt === seen.startedAt) throw survivorsError([seen]);
}

/**
 * Resolves when all have ended or `cutOff` fires. No event tells the end of a process that is not a child, so this
 * looks every few milliseconds.
 */
async function processesGone(
  table: ProcessTable,
  seen: readonly ProcessEntry[],
  cutOff: AbortSignal,
): Promise<void> {
  for (const { pid, startedAt } of seen) {
    while ((await table.state(pid))?.startedAt === startedAt && !cutOff.aborted) await pause(2);
  }
}

function survivorsError(left: readonly ProcessEntry[]): PoolError {
  const pids = left.map((entry) => entry.pid);
  return new PoolError('browser_unresponsive', `Processes ${pids.join(', ')} did not end after SIGKILL.`, {
    details: { pids },
  });
}
