import { connectDevtools } from './devtools/devtools-connection.js';
import { PoolError } from './errors.js';
import { hasEnded, killSlotProcesses } from './process/slot-processes.js';
import type { RunningSlot, SlotContext } from './running-slot.js';
import type { SlotPaths } from './slot-paths.js';

/**
 * Has a browser write its profile and quit. What Chrome had not written when it was killed is lost, for some kinds up to half a
 * minute's worth, so one that does not quit by itself leaves a profile that must not be used.
 *
 * @throws PoolError `browser_unresponsive` then, and for one that does not answer; no process of the slot is left in any case.
 */
export async function writeProfileAndQuit(
  { facts }: Pick<RunningSlot, 'facts'>,
  paths: SlotPaths,
  context: SlotContext,
): Promise<void> {
  const isComplete = await quit(facts.cdpWsUrl, paths, context).finally(() =>
    killSlotProcesses(context.processes, paths, context.limits.killMs),
  );
  if (isComplete) return;
  throw new PoolError('browser_unresponsive', `The browser of slot ${facts.index} did not quit by itself.`, {
    details: { index: facts.index },
  });
}

async function quit(
  wsUrl: string,
  paths: SlotPaths,
  { own, limits, processes }: SlotContext,
): Promise<boolean> {
  // Unlike a signal, the command makes no page ask whether it may be left.
  const devtools = await connectDevtools(wsUrl, { own, callMs: limits.callMs });
  // The connection may end before the answer comes.
  await devtools.send('Browser.close').catch(() => {});
  devtools.close();
  return hasEnded(processes, paths, limits.profileWriteMs);
}
