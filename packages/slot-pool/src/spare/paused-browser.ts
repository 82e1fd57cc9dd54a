import type { ProcessEntry, RunningProcess } from '@escarp/child-process';
import { startProcess } from '@escarp/child-process';
import { messageOf } from '@escarp/contract';
import { writeFileAtomically } from '@escarp/owned-files';
import { startLog } from '../browser-log.js';
import { withDeadline } from '../deadline.js';
import { initialPreferences, preferencesFile } from '../initial-preferences.js';
import type { ChromeProcessPorts } from '../launched-chrome.js';
import type { LaunchPlan } from '../launch-plan.js';
import { pauseAtPreferences } from '../launch-script.js';
import { announcedUrl } from '../listening.js';
import { isBrowserOfSlot } from '../process/slot-processes.js';
import { SpareError } from './spare-error.js';

/** A browser that waits where it reads its preferences. It ends with this process, unless it is let go before. */
export interface PausedBrowser {
  readonly plan: LaunchPlan;
  readonly entry: ProcessEntry;
  /** Resolves when it does not wait any more: it was let go, or has ended. Never rejects. */
  readonly over: Promise<unknown>;
  /** Gives it its preferences, with which it goes on starting. */
  letGo(): void;
}

/**
 * Starts a browser on an empty profile whose preferences are a pipe, and resolves when it has come to read them. By then
 * the pipe has lost its name to a plain file with the same preferences, for whoever reads them later. Rejects with
 * `SpareError`; what was started may then still run.
 */
export async function launchPaused(
  plan: LaunchPlan,
  ports: ChromeProcessPorts,
  signal: AbortSignal,
): Promise<PausedBrowser> {
  await startLog(plan.paths.log);
  const shell = await startProcess(
    '/bin/sh',
    [
      '-c',
      pauseAtPreferences,
      'escarp-spare',
      plan.paths.log,
      preferencesFile(plan.paths),
      plan.command,
      ...plan.arguments,
    ],
    { detached: true, stdio: ['pipe', 'pipe', 'ignore'], env: { ...plan.env } },
  );
  shell.unref();
  // The shell kills the browser when its input ends without preferences.
  const abandon = (): void => void shell.stdin?.destroy();
  const aborted = rejectionOf(signal);
  aborted.catch(abandon);
  try {
    const paused = Promise.race([untilPaused(shell, plan, ports), aborted]);
    const entry = await withDeadline(paused, ports.limits.spareMs, 'Starting a spare');
    const preferences = initialPreferences(plan.paths);
    await writeFileAtomically(preferencesFile(plan.paths), preferences);
    return { plan, entry, over: shell.exited, letGo: () => void shell.stdin?.end(`${preferences}\n`) };
  } catch (cause) {
    abandon();
    throw signal.aborted ? cause : spareErrorOf(plan, cause);
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(new Error('The spare is not wanted any more.'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

async function untilPaused(
  shell: RunningProcess,
  { paths }: LaunchPlan,
  { processes }: ChromeProcessPorts,
): Promise<ProcessEntry> {
  let printed = '';
  for await (const chunk of shell.stdout ?? []) {
    printed += String(chunk);
    const pid = /^(\d+)\npaused\n$/.exec(printed)?.[1];
    if (pid === undefined) continue;
    const entry = await processes.find(Number(pid));
    if (entry !== undefined && isBrowserOfSlot(entry, paths)) return entry;
    break;
  }
  throw new Error('It ended before it came to its preferences.');
}

/** A browser that went past its preferences says that it listens, or that it cannot: the slot's browser has the port. */
function spareErrorOf(plan: LaunchPlan, cause: unknown): SpareError {
  return hasPassed(plan)
    ? new SpareError('A spare started up without waiting for its preferences.', 'browser', cause)
    : new SpareError(`A spare could not be made: ${messageOf(cause)}`, 'attempt', cause);
}

/** Whether the browser has tried to open its port. */
export function hasPassed(plan: Pick<LaunchPlan, 'paths' | 'port'>): boolean {
  try {
    return announcedUrl(plan) !== undefined;
  } catch {
    return true;
  }
}
