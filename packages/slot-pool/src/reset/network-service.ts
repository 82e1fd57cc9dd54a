import { setTimeout as pause } from 'node:timers/promises';
import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { PoolError } from '../errors.js';
import { endProcess, slotProcesses } from '../process/slot-processes.js';
import type { ProcessTable } from '@escarp/child-process';
import type { SlotPaths } from '../slot-paths.js';

const networkService = ' --utility-sub-type=network.mojom.NetworkService ';

/** The slot's processes, and how long one may take to end. */
export interface NetworkServiceOwner {
  readonly processes: ProcessTable;
  readonly paths: SlotPaths;
  readonly killMs: number;
}

/**
 * Ends the process in which the slot's browser keeps its network, and resolves when the browser has a new one. This
 * also ends downloads and requests that no tab owns any more, open connections, HTTP logins and choices of client
 * certificates; DevTools has no command for any of them. Rejects with `browser_unresponsive` if the browser has no such
 * process, or if it does not end within `killMs`: then only a recycle makes the slot clean.
 */
export async function restartNetworkService(
  connection: DevtoolsConnection,
  { processes, paths, killMs }: NetworkServiceOwner,
): Promise<void> {
  const own = await slotProcesses(processes, paths);
  const services = own.filter(({ commandLine }) => `${commandLine} `.includes(networkService));
  if (services.length === 0) {
    throw new PoolError('browser_unresponsive', 'The browser has no network process of its own to end.');
  }
  const cutOff = AbortSignal.timeout(killMs);
  await Promise.all(services.map((service) => endProcess(processes, service, cutOff)));
  await networkAnswers(connection);
}

const askEveryMs = 50;

/**
 * Chrome never answers a question that was on its way to the process that ended, and no event reports that Chrome has
 * noticed. So a new question is asked every little while until one is answered, or the connection fails.
 */
async function networkAnswers(connection: DevtoolsConnection): Promise<void> {
  const questions: Promise<'answered'>[] = [];
  let isOver: 'answered' | undefined;
  while (isOver === undefined) {
    const question = connection.send('Storage.getCookies').then(() => 'answered' as const);
    // A question that is never answered fails in the end, when nobody waits for it any more.
    question.catch(() => {});
    questions.push(question);
    isOver = await Promise.race([...questions, pause(askEveryMs, undefined)]);
  }
}
