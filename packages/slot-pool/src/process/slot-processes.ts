import { setTimeout as pause } from 'node:timers/promises';
import { PoolError } from '../errors.js';
import type { SlotPaths } from '../slot-paths.js';
import type { ProcessEntry, ProcessTable } from './process-table.js';

/**
 * Every live process of the slot. The proof is the slot's own profile path among the arguments: Chrome passes
 * `--user-data-dir` to each child, and the crash handler, which leaves the session, has its database below it.
 */
export async function slotProcesses(table: ProcessTable, paths: SlotPaths): Promise<ProcessEntry[]> {
  return (await table.list(paths.profile)).filter((entry) => isOfSlot(entry, paths));
}

/** The slot's browser process itself, or undefined when none runs. */
export async function slotBrowser(table: ProcessTable, paths: SlotPaths): Promise<ProcessEntry | undefined> {
  return (await slotProcesses(table, paths)).find((entry) => isBrowserOfSlot(entry, paths));
}

export function isBrowserOfSlot(entry: ProcessEntry, { profile }: SlotPaths): boolean {
  return hasArgument(entry, `--user-data-dir=${profile}`) && !entry.commandLine.includes(' --type=');
}

/**
 * Kills every process of the slot and returns when none is left. Each is looked up again right before its signal, so
 * that a pid that changed hands since is not hit. Rejects with `browser_unresponsive` when some outlive `deadlineMs`.
 */
export async function killSlotProcesses(
  table: ProcessTable,
  paths: SlotPaths,
  deadlineMs: number,
): Promise<void> {
  const cutOff = AbortSignal.timeout(deadlineMs);
  let left = await slotProcesses(table, paths);
  while (left.length > 0) {
    if (cutOff.aborted) throw survivorsError(left);
    await Promise.all(left.map((entry) => signalIfSame(table, entry, 'SIGKILL')));
    await processesGone(table, left, cutOff);
    left = await slotProcesses(table, paths);
  }
}

/**
 * Asks the slot's browser to quit, which Chrome takes SIGTERM for, and waits `deadlineMs` at the most for it to write its
 * profile and do so.
 */
export async function askToEnd(table: ProcessTable, paths: SlotPaths, deadlineMs: number): Promise<void> {
  const browser = await slotBrowser(table, paths);
  if (!browser || browser.isStopped) return;
  await signalIfSame(table, browser, 'SIGTERM');
  await processesGone(table, [browser], AbortSignal.timeout(deadlineMs));
}

/** Kills one process and waits until it has ended. Rejects with `browser_unresponsive` when it has not by `cutOff`. */
export async function endProcess(
  table: ProcessTable,
  seen: ProcessEntry,
  cutOff: AbortSignal,
): Promise<void> {
  await signalIfSame(table, seen, 'SIGKILL');
  await processesGone(table, [seen], cutOff);
  if ((await table.state(seen.pid))?.startedAt === seen.startedAt) throw survivorsError([seen]);
}

/** Sends `signal` to the process only if the pid still names the one that was seen. */
async function signalIfSame(table: ProcessTable, seen: ProcessEntry, signal: NodeJS.Signals): Promise<void> {
  const current = await table.find(seen.pid);
  if (current?.startedAt !== seen.startedAt) return;
  try {
    process.kill(seen.pid, signal);
  } catch {
    // It ended between the look and the signal, which is what was wanted.
  }
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

function isOfSlot(entry: ProcessEntry, { profile }: SlotPaths): boolean {
  return (
    hasArgument(entry, `--user-data-dir=${profile}`) || entry.commandLine.includes(` --database=${profile}/`)
  );
}

// Arguments that were joined by spaces cannot be split again, so the match includes the delimiter on both sides.
function hasArgument(entry: ProcessEntry, argument: string): boolean {
  return `${entry.commandLine} `.includes(` ${argument} `);
}

function survivorsError(left: readonly ProcessEntry[]): PoolError {
  const pids = left.map((entry) => entry.pid);
  return new PoolError('browser_unresponsive', `Processes ${pids.join(', ')} did not end after SIGKILL.`, {
    details: { pids },
  });
}
