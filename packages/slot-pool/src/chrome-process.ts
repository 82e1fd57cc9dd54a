import { orphansAreReaped, runCommand, startProcess } from '@escarp/child-process';
import { startLog } from './browser-log.js';
import { withDeadline } from './deadline.js';
import { handedOver } from './handed-over.js';
import type { ChromeProcessPorts, LaunchedChrome } from './launched-chrome.js';
import { launchError } from './launch-error.js';
import { printExitCode, printPid, printPidReaped } from './launch-script.js';
import type { LaunchPlan } from './launch-plan.js';
import { listening } from './listening.js';

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
  const pid = await numberPrintedBy((await needsReaper(plan)) ? printPidReaped : printPid, plan);
  const entry = await ports.processes.find(pid);
  if (!entry) throw new Error('It ended at once.');
  return { entry, wsUrl: await listening(plan, entry, ports) };
}

async function startByHandover(plan: LaunchPlan, ports: ChromeProcessPorts): Promise<LaunchedChrome> {
  const exitCode = await numberPrintedBy(printExitCode, plan);
  if (exitCode !== 0) throw new Error(`The command that starts it ended with exit code ${exitCode}.`);
  return handedOver(plan, ports);
}

/** Undefined until it is found out, which no launch waits for. Who is the init of a process does not change. */
let isReaped: boolean | undefined;
let findingOut: Promise<void> | undefined;

/** Whether somebody waits for processes that have lost their parent; true where it cannot be found out. */
export async function reapsOrphans(): Promise<boolean> {
  findingOut ??= orphansAreReaped().then(
    (answer) => void (isReaped = answer),
    () => {},
  );
  await findingOut;
  return isReaped !== false;
}

async function needsReaper({ env }: LaunchPlan): Promise<boolean> {
  void reapsOrphans();
  if (isReaped !== false) return false;
  return (await runCommand('perl', ['-MPOSIX', '-e', '1'], { timeoutMs: 30_000, env })).exitCode === 0;
}

/** Runs a script in a session of its own, which what it starts therefore has too. */
async function numberPrintedBy(script: string, plan: LaunchPlan): Promise<number> {
  const shell = await startProcess(
    '/bin/sh',
    ['-c', script, 'escarp-launch', plan.paths.log, plan.command, ...plan.arguments],
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env: { ...plan.env } },
  );
  // A reaper stays for as long as the browser, and must not keep this process.
  shell.unref();
  let printed = '';
  for await (const chunk of shell.stdout ?? []) printed += String(chunk);
  return Number(printed.trim());
}
