import { EventEmitter, once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { withTimeLimit } from '@escarp/contract';
import type { LaunchPlan } from './launch-plan.js';
import type { PoolLimits } from './limits.js';
import type { ProcessEntry, ProcessTable } from '@escarp/child-process';

interface ListeningPorts {
  readonly processes: ProcessTable;
  readonly limits: PoolLimits;
}

/**
 * Waits until the started browser writes to its log that it listens, and resolves with its DevTools URL. Rejects when
 * the browser ends first.
 */
export async function listening(
  plan: LaunchPlan,
  started: ProcessEntry,
  ports: ListeningPorts,
): Promise<string> {
  const log = new EventEmitter();
  const watcher = watchLog(plan.paths.log, () => log.emit('change'));
  const cutOff = AbortSignal.timeout(ports.limits.launchMs);
  try {
    while (!cutOff.aborted) {
      const next = nextLine(log, cutOff);
      const wsUrl = announcedUrl(plan);
      if (wsUrl !== undefined) return wsUrl;
      await refuseDead(started, ports);
      await next;
    }
    throw new Error('It never reported that it was listening.');
  } finally {
    watcher?.close();
  }
}

// The log tells readiness by an event. The slow tick is there for the one thing that has no event, a death before
// the first line, and for systems that ran out of file watches.
async function nextLine(log: EventEmitter, cutOff: AbortSignal): Promise<void> {
  await withTimeLimit(100, cutOff, (signal) => once(log, 'change', { signal })).catch(() => {});
}

/**
 * The DevTools URL that the browser's log tells, or undefined. Throws if the browser could not listen. Reads synchronously:
 * a few lines in the page cache, at every line the browser writes while it starts.
 */
export function announcedUrl({ paths, port }: Pick<LaunchPlan, 'paths' | 'port'>): string | undefined {
  const log = readFileSync(paths.log, 'utf8');
  if (log.includes('Cannot start http server for devtools'))
    throw new Error(`It could not listen on port ${port}.`);
  const path = /DevTools listening on ws:\/\/[^/\s]+(\/devtools\/browser\/[\w-]+)\n/.exec(log)?.[1];
  return path === undefined ? undefined : `ws://127.0.0.1:${port}${path}`;
}

async function refuseDead(started: ProcessEntry, { processes }: ListeningPorts): Promise<void> {
  // Not its arguments, which cannot be read without waiting while it maps its files.
  const current = await processes.state(started.pid);
  if (current?.startedAt !== started.startedAt) throw new Error('It ended before it was ready.');
}

function watchLog(log: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(log, onChange).on('error', () => {});
  } catch {
    return undefined;
  }
}
