import { boundLog } from './browser-log.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import type { DevtoolsConnection } from './devtools/devtools-connection.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { isRecord, listOf } from './plain-data.js';
import type { PoolLimits } from './limits.js';
import type { ProcessTable } from './process/process-table.js';
import type { SlotPaths } from './slot-paths.js';

/** Why a browser is no longer usable. A `stopped` process is one that got SIGSTOP; `unresponsive` may be load. */
export type LostReason = 'exited' | 'stopped' | 'unresponsive';

export interface WatchedBrowser {
  readonly pid: number;
  readonly processStartedAt: string;
  readonly wsUrl: string;
  readonly paths: SlotPaths;
}

export interface WatchPorts {
  readonly own: OwnSockets;
  readonly processes: ProcessTable;
  readonly limits: PoolLimits;
  readonly monotonicMs: () => number;
}

/**
 * Watches one run of a browser and calls `onLost` once when it can no longer be used. A death is told by the end of
 * the connection; a browser that stops answering by an unanswered question. Returns the function that ends the watch.
 */
export function watchBrowser(
  browser: WatchedBrowser,
  ports: WatchPorts,
  onLost: (reason: LostReason) => void,
): () => void {
  const watch = new AbortController();
  void tellLoss(browser, ports, watch.signal, onLost);
  return () => watch.abort();
}

async function tellLoss(
  browser: WatchedBrowser,
  ports: WatchPorts,
  ended: AbortSignal,
  onLost: (reason: LostReason) => void,
): Promise<void> {
  const reason = await findLoss(browser, ports, ended);
  if (reason && !ended.aborted) onLost(reason);
}

async function findLoss(
  browser: WatchedBrowser,
  ports: WatchPorts,
  ended: AbortSignal,
): Promise<LostReason | undefined> {
  let silentSince: number | undefined;
  while (!ended.aborted) {
    const answered = await conversation(browser, ports, ended);
    if (ended.aborted) return undefined;
    const state = await processState(browser, ports.processes);
    if (state !== 'running') return state;
    // The process runs but does not answer, or cut the connection. Only lasting silence counts as hung.
    silentSince = answered || silentSince === undefined ? ports.monotonicMs() : silentSince;
    if (ports.monotonicMs() - silentSince > ports.limits.hungMs) return 'unresponsive';
  }
  return undefined;
}

/** Asks again and again until an answer is missing. Resolves with whether there was any answer at all. */
async function conversation(
  browser: WatchedBrowser,
  ports: WatchPorts,
  ended: AbortSignal,
): Promise<boolean> {
  const { own, limits } = ports;
  let answered = false;
  let pagesMissed = 0;
  let connection: DevtoolsConnection | undefined;
  try {
    connection = await connectDevtools(browser.wsUrl, { own, callMs: limits.pingSilenceMs });
    const hangUp = connection.close;
    ended.addEventListener('abort', hangUp, { once: true });
    connection.closed.then(() => ended.removeEventListener('abort', hangUp)).catch(() => {});
    for (;;) {
      pagesMissed = (await hasPage(connection)) ? 0 : pagesMissed + 1;
      answered = true;
      // A headless browser lives on without a page, and the slot would have none to hand out. Twice, because a holder
      // may be between closing its last page and opening the next.
      if (pagesMissed === 2) await connection.send('Target.createTarget', { url: 'about:blank' });
      await boundLog(browser.paths.log, limits.logBytesMax);
      if (await closedWithin(connection, limits.pingEveryMs)) return answered;
    }
  } catch {
    await pause(20);
    return answered;
  } finally {
    connection?.close();
  }
}

async function hasPage(connection: DevtoolsConnection): Promise<boolean> {
  const targets = listOf(await connection.send('Target.getTargets'), 'targetInfos').filter(isRecord);
  return targets.some(({ type }) => type === 'page');
}

async function closedWithin(connection: DevtoolsConnection, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([connection.closed.then(() => true), elapsed]);
  } finally {
    clearTimeout(timer);
  }
}

async function processState(
  browser: WatchedBrowser,
  processes: ProcessTable,
): Promise<'running' | 'exited' | 'stopped'> {
  const entry = await processes.find(browser.pid);
  if (entry?.startedAt !== browser.processStartedAt) return 'exited';
  return entry.isStopped ? 'stopped' : 'running';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
