import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { lastLogLines, startLog } from './browser-log.js';
import { withDeadline } from './deadline.js';
import { readBrowserVersion } from './devtools/devtools-endpoint.js';
import type { BrowserVersion } from './devtools/devtools-endpoint.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { PoolError } from './errors.js';
import type { PoolLimits } from './limits.js';
import type { ProcessEntry, ProcessTable } from './process/process-table.js';
import { isBrowserOfSlot } from './process/slot-processes.js';
import type { SlotPaths } from './slot-paths.js';

export interface LaunchPlan {
  readonly binary: string;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly paths: SlotPaths;
}

export interface ChromeProcessPorts {
  readonly processes: ProcessTable;
  readonly own: OwnSockets;
  readonly limits: PoolLimits;
}

// The shell starts the browser in the background and leaves, so that init becomes the browser's parent at once. All
// values are positional parameters. Descriptors that a parent forgot to close on exec end here.
const launcher = `log=$1; shift
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
"$@" </dev/null >>"$log" 2>&1 &
echo $!`;

/** Starts a browser that outlives this process, in a session of its own. Resolves with the process, not yet ready. */
export async function startChrome(
  plan: LaunchPlan,
  { processes }: ChromeProcessPorts,
): Promise<ProcessEntry> {
  await startLog(plan.paths.log);
  const pid = await spawnDetached(plan);
  const entry = await processes.find(pid);
  if (entry) return entry;
  throw await launchError(plan, 'It ended at once.');
}

/** Waits until the browser answers on its port. Rejects with `browser_launch_failed` and the last lines of its log. */
export async function chromeReady(
  plan: LaunchPlan,
  started: ProcessEntry,
  ports: ChromeProcessPorts,
): Promise<BrowserVersion> {
  try {
    await withDeadline(listening(plan, started, ports), ports.limits.launchMs, 'Launching the browser');
    return await readBrowserVersion(plan.port, ports.own, ports.limits.callMs);
  } catch (cause) {
    throw await launchError(plan, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function spawnDetached(plan: LaunchPlan): Promise<number> {
  return new Promise((resolve, reject) => {
    const shell = spawn(
      '/bin/sh',
      ['-c', launcher, 'escarp-launch', plan.paths.log, plan.binary, ...plan.arguments],
      {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...plan.env },
      },
    );
    let printed = '';
    shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    shell.once('error', (cause) => {
      reject(
        new PoolError('browser_launch_failed', 'The shell that launches browsers did not start.', { cause }),
      );
    });
    shell.once('close', () => resolve(Number(printed.trim())));
  });
}

// The log tells readiness by an event. The slow tick is there for the one thing that has no event, a death before
// the first line, and for systems that ran out of file watches.
async function listening(plan: LaunchPlan, started: ProcessEntry, ports: ChromeProcessPorts): Promise<void> {
  const log = new EventEmitter();
  const watcher = watchLog(plan.paths.log, () => log.emit('change'));
  const cutOff = AbortSignal.timeout(ports.limits.launchMs);
  try {
    while (!cutOff.aborted) {
      const changed = once(log, 'change', { signal: AbortSignal.any([cutOff, AbortSignal.timeout(100)]) });
      const next = changed.catch(() => {});
      if (saysListening(plan)) return;
      await refuseDead(started, ports);
      await next;
    }
  } finally {
    watcher?.close();
  }
}

// Read synchronously: a few lines in the page cache, at every line the browser writes while it starts.
function saysListening({ paths, port }: LaunchPlan): boolean {
  const log = readFileSync(paths.log, 'utf8');
  if (log.includes('Cannot start http server for devtools'))
    throw new Error(`It could not listen on port ${port}.`);
  return log.includes('DevTools listening on ws://');
}

async function refuseDead(started: ProcessEntry, { processes }: ChromeProcessPorts): Promise<void> {
  const current = await processes.find(started.pid);
  if (current?.startedAt !== started.startedAt) throw new Error('It ended before it was ready.');
}

function watchLog(log: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(log, onChange).on('error', () => {});
  } catch {
    return undefined;
  }
}

async function launchError(plan: LaunchPlan, reason: string, cause?: unknown): Promise<PoolError> {
  const log = await lastLogLines(plan.paths.log, 20);
  return new PoolError('browser_launch_failed', `The browser ${plan.binary} did not start. ${reason}`, {
    details: { binary: plan.binary, port: plan.port, log },
    cause,
  });
}

/** Whether the process is the slot's browser and the very one that was seen before. */
export function isSameBrowser(
  current: ProcessEntry | undefined,
  pid: number,
  startedAt: string,
  paths: SlotPaths,
): boolean {
  return (
    current !== undefined &&
    current.pid === pid &&
    current.startedAt === startedAt &&
    isBrowserOfSlot(current, paths)
  );
}
