import { readdir, readlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { renameOwned } from '@escarp/owned-files';
import { keepPreviousLog } from '../browser-log.js';
import { withDeadline } from '../deadline.js';
import { makeProfileFolders, preferencesFile } from '../initial-preferences.js';
import { launchPlan } from '../launch-plan.js';
import { listening } from '../listening.js';
import type { OwnerMark } from '../process/owner-mark.js';
import { recordLaunch, refuseTakenPort } from '../running-slot.js';
import type { RunningSlot, SlotContext } from '../running-slot.js';
import { prepareSlotDirectories } from '../slot-directories.js';
import type { SlotPaths } from '../slot-paths.js';
import type { SlotSpec } from '../slot.js';
import type { PausedBrowser } from './paused-browser.js';
import { hasPassed, launchPaused } from './paused-browser.js';
import { SpareError } from './spare-error.js';

/** A browser that waits to become a slot's. */
export interface Spare extends PausedBrowser {
  readonly spec: SlotSpec;
  readonly mark: OwnerMark;
  /** Names in the folders that its preferences speak of. */
  readonly names: string;
}

/** Starts a spare on an empty profile, in a place where there is nothing. Rejects like `launchPaused`. */
export async function launchSpare(
  spec: SlotSpec,
  paths: SlotPaths,
  context: SlotContext,
  signal: AbortSignal,
): Promise<Spare> {
  await prepareSlotDirectories(context.place, paths, makeProfileFolders);
  const mark = { directory: await context.directory(), launchId: context.ports.newId() };
  // What the command prepares may still be in use by the slot's holder, so it is left for when the spare is let go.
  const { launchCommand: _, ...plain } = spec;
  const plan = await launchPlan(plain, paths, context.host, { mark, purpose: 'clean' });
  const paused = await launchPaused(plan, context, signal);
  return { ...paused, spec, mark, names: await namesIn(paths) };
}

/**
 * What keeps a spare from becoming the slot's browser as the slot is described now; undefined if nothing does. A Chrome
 * that was replaced on disk would start its helpers from other files than its own, and a profile that somebody has put
 * something into is not a fresh one.
 */
export async function unfitness(
  { spec, entry, plan, names }: Spare,
  wanted: SlotSpec,
  { processes }: SlotContext,
): Promise<SpareError | undefined> {
  const state = await processes.state(entry.pid);
  if (state?.startedAt !== entry.startedAt) return new SpareError('It has ended.', 'attempt');
  if (state.isStopped) return new SpareError('It was stopped.', 'attempt');
  if (JSON.stringify(spec) !== JSON.stringify(wanted))
    return new SpareError('The slot is launched otherwise now.', 'stale');
  if (await isProgramReplaced(entry.pid)) return new SpareError('Another Chrome was installed.', 'stale');
  if ((await namesIn(plan.paths)) === names) return undefined;
  return new SpareError('Something was put into its profile.', 'attempt');
}

/**
 * Makes the spare the slot's browser, whose port and log it takes over, and resolves when its first page has evaluated. The
 * slot's last browser must have ended. Rejects with `SpareError`, also if the spare is unfit by now, and with `port_taken` like
 * a launch.
 */
export async function letGo(spare: Spare, paths: SlotPaths, context: SlotContext): Promise<RunningSlot> {
  const { spec, mark, entry } = spare;
  if (hasPassed(spare.plan))
    throw new SpareError('A spare tried to open its port while it waited.', 'browser');
  return context.launchGate(async () => {
    await refuseTakenPort(spec.port, context);
    const unfit = await unfitness(spare, spec, context);
    if (unfit !== undefined) throw unfit;
    await keepPreviousLog(paths.log);
    await renameOwned(spare.plan.paths.log, basename(paths.log));
    const plan = { ...spare.plan, paths };
    await spec.launchCommand?.(plan.arguments, plan.env, 'clean');
    const launchedAt = context.ports.now();
    spare.letGo();
    const answer = listening(plan, entry, context);
    const wsUrl = await withDeadline(answer, context.limits.spareMs, 'Letting a spare go');
    return recordLaunch(spec, plan, { entry, wsUrl, mark, launchedAt, relaunchedAt: null }, context);
  });
}

async function isProgramReplaced(pid: number): Promise<boolean> {
  // Unreadable of a process that has just ended, which shows when it is let go.
  const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
  return program.endsWith(' (deleted)');
}

async function namesIn(paths: SlotPaths): Promise<string> {
  const folders = [dirname(preferencesFile(paths)), paths.downloads];
  const names = await Promise.all(folders.map(async (folder) => (await readdir(folder)).toSorted()));
  return JSON.stringify(names);
}
