import { setTimeout as pause } from 'node:timers/promises';
import type { ChromeProcessPorts, LaunchedChrome } from './launched-chrome.js';
import { connectDevtools } from './devtools/devtools-connection.js';
import { readBrowserVersion } from './devtools/devtools-endpoint.js';
import type { LaunchPlan } from './launch-plan.js';
import { isRecord, listOf, numberOf } from './plain-data.js';
import { isBrowserOfSlot } from './process/slot-processes.js';

const lookAgainMs = 50;

/**
 * Waits for a browser that the system starts for us without reporting its pid: polls its port until it answers, then asks
 * DevTools for the pid. Rejects if the answer does not come from the slot's browser.
 */
export async function handedOver(plan: LaunchPlan, ports: ChromeProcessPorts): Promise<LaunchedChrome> {
  const wsUrl = await answeringUrl(plan, ports);
  const pid = await browserPid(wsUrl, ports);
  const entry = await ports.processes.find(pid);
  if (entry && isBrowserOfSlot(entry, plan.paths)) return { entry, wsUrl };
  throw new Error(`Process ${pid} answers on port ${plan.port}, but it is not the slot's browser.`);
}

async function answeringUrl({ port }: LaunchPlan, { own, limits }: ChromeProcessPorts): Promise<string> {
  const cutOff = AbortSignal.timeout(limits.launchMs);
  for (;;) {
    try {
      return (await readBrowserVersion(port, own, limits.callMs)).wsUrl;
    } catch (error) {
      if (cutOff.aborted) throw error;
    }
    await pause(lookAgainMs);
  }
}

async function browserPid(wsUrl: string, { own, limits }: ChromeProcessPorts): Promise<number> {
  const connection = await connectDevtools(wsUrl, { own, callMs: limits.callMs });
  try {
    const processes = listOf(await connection.send('SystemInfo.getProcessInfo'), 'processInfo');
    const browser = processes.filter(isRecord).find(({ type }) => type === 'browser');
    return numberOf(browser ?? {}, 'id');
  } finally {
    connection.close();
  }
}
