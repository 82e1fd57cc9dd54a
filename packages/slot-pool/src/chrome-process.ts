import { spawn } from 'node:child_process';
import { startLog } from './browser-log.js';
import { withDeadline } from './deadline.js';
import type { OwnSockets } from './devtools/own-sockets.js';
import { handedOver } from './handed-over.js';
import { launchError } from './launch-error.js';
import type { LaunchPlan } from './launch-plan.js';
import type { PoolLimits } from './limits.js';
import { listening } from './listening.js';
import type { ProcessEntry, ProcessTable } from './process/process-table.js';

export interface ChromeProcessPorts {
  readonly processes: ProcessTable;
  readonly own: OwnSockets;
  readonly limits: PoolLimits;
}

/** A browser that listens on its port. */
export interface LaunchedChrome {
  readonly entry: ProcessEntry;
  readonly wsUrl: string;
}

// All values are positional parameters. Descriptors that a parent forgot to close on exec end here.
const withLog = `log=$1; shift
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
"$@" </dev/null >>"$log" 2>&1`;

// The shell starts the browser in the background and leaves, so that init becomes the browser's parent at once.
const printPid = `${withLog} &
echo $!`;

const printExitCode = `${withLog}
echo $?`;

/**
 * Starts a browser that outlives this process, in a session of its own, and waits until it listens. Rejects with
 * `browser_launch_failed` and the last lines of its log; what was started may then still run.
 */
export async function launchChrome(plan: LaunchPlan, ports: ChromeProcessPorts): Promise<LaunchedChrome> {
  await startLog(plan.paths.log);
  const work = plan.handsOver ? startByHandover(plan, ports) : startDirectly(plan, ports);
  try {
    return await withDeadline(work, ports.limits.launchMs, 'Launching the browser');
  } catch (cause) {
    throw await launchError(plan, cause);
  }
}

async function startDirectly(plan: LaunchPlan, ports: ChromeProcessPorts): Promise<LaunchedChrome> {
  const pid = await numberPrintedBy(printPid, plan);
  const entry = await ports.processes.find(pid);
  if (!entry) throw new Error('It ended at once.');
  return { entry, wsUrl: await listening(plan, entry, ports) };
}

async function startByHandover(plan: LaunchPlan, ports: ChromeProcessPorts): Promise<LaunchedChrome> {
  const exitCode = await numberPrintedBy(printExitCode, plan);
  if (exitCode !== 0) throw new Error(`The command that starts it ended with exit code ${exitCode}.`);
  return handedOver(plan, ports);
}

/** Runs a script in a session of its own, which what it starts therefore has too. */
function numberPrintedBy(script: string, plan: LaunchPlan): Promise<number> {
  return new Promise((resolve, reject) => {
    const shell = spawn(
      '/bin/sh',
      ['-c', script, 'escarp-launch', plan.paths.log, plan.command, ...plan.arguments],
      { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env: { ...plan.env } },
    );
    let printed = '';
    shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    shell.once('error', (cause) => {
      reject(new Error('The shell that launches browsers did not start.', { cause }));
    });
    shell.once('close', () => resolve(Number(printed.trim())));
  });
}
